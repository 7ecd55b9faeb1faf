import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cdkProgram } from '../../../infra/aws/account/cdk.ts';
import { command } from '../../kit.ts';
import { EMULATOR_CREDENTIALS, EMULATOR_REGION } from './aws.ts';
import type { Emulator } from './emulator.ts';

/** The emulator's only account. */
export const EMULATOR_ACCOUNT = '000000000000';

/** Where `cdk bootstrap` lets assets be put. */
export const ASSET_BUCKET = `cdk-hnb659fds-assets-${EMULATOR_ACCOUNT}-${EMULATOR_REGION}`;

/** Environment of a command that talks to the emulator with an endpoint of its own. */
export const EMULATOR_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: EMULATOR_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: EMULATOR_CREDENTIALS.secretAccessKey,
  AWS_REGION: EMULATOR_REGION,
} as const;

/**
 * Prepares the emulator for the CDK, by the CDK's own command.
 *
 * @throws Error with what it said
 */
export async function bootstrap({ endpoint }: Emulator): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wildrydes-bootstrap-'));
  try {
    const { status, stdout, stderr } = await command(
      process.execPath,
      [cdkProgram(), 'bootstrap', `aws://${EMULATOR_ACCOUNT}/${EMULATOR_REGION}`, '--no-notices'],
      { ...EMULATOR_ENVIRONMENT, AWS_ENDPOINT_URL: endpoint, CDK_DISABLE_CLI_TELEMETRY: 'true' },
      folder,
    ).finished;
    if (status !== 0) throw new Error(`cdk bootstrap ended with ${status}: ${stdout}${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
