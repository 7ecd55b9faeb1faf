import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { onTestFinished } from 'vitest';
import { PROJECT_ROOT } from '../../../infra/project.ts';
import { activeStream } from '../../check/streams.ts';
import { ensureFunction, ensureMapping } from '../../install/functions.ts';
import { ensureRole, type WantedRole } from '../../install/roles.ts';
import { ensureStream } from '../../install/streams.ts';
import { pack } from '../../pack.ts';
import type { Workbench } from '../../workbench.ts';

const FOLDER = join(PROJECT_ROOT, 'workshop/modules/02-first-lambda');

export const SOLUTION = 'solution/kinesisEventLogger.js';

export const KINESIS_POLICY = 'arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole';

/** Makes the role as the module's text does, but for what is to be otherwise. */
export function makeRole(at: Workbench, otherwise: Partial<WantedRole> = {}): Promise<string> {
  return ensureRole(at, {
    name: at.names.cliRole,
    service: 'lambda.amazonaws.com',
    attached: [KINESIS_POLICY],
    ...otherwise,
  });
}

/** @returns its ARN */
export async function makeStream(at: Workbench, name: string = at.names.cliStream): Promise<string> {
  await ensureStream(at, name);
  return (await activeStream(at, name)).StreamARN ?? '';
}

/**
 * Makes the function as the module's text does, with a file of this module, whatever its name; and the role and the
 * stream where they are missing.
 */
export async function makeFunction(
  at: Workbench,
  file: string,
  otherwise: Partial<ConstructorParameters<typeof CreateFunctionCommand>[0]> = {},
): Promise<void> {
  const roleArn = await makeRole(at);
  await makeStream(at);
  const source = await named(file);
  const name = at.names.cliFunction;
  if (Object.keys(otherwise).length === 0) {
    await ensureFunction(at, { name, source, roleArn });
    return;
  }
  const { zip, handler } = await pack(source);
  await at.lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs22.x',
      Handler: handler,
      Role: roleArn,
      Code: { ZipFile: zip },
      ...otherwise,
    }),
  );
}

/** A copy of a file of this module, in a folder of its own, under the name that the learner gives it. */
async function named(file: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'first-lambda-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const copy = join(folder, `kinesisEventLogger${extname(file)}`);
  await copyFile(join(FOLDER, file), copy);
  return copy;
}

/** Makes the mapping as the module's text does, but for what is to be otherwise. Returns when it is enabled. */
export async function makeMapping(
  at: Workbench,
  otherwise: { readonly source?: string; readonly [setting: string]: unknown } = {},
): Promise<void> {
  const { source = at.names.cliStream, ...settings } = otherwise;
  await ensureMapping(at, {
    FunctionName: at.names.cliFunction,
    EventSourceArn: await makeStream(at, source),
    BatchSize: 1,
    StartingPosition: 'LATEST',
    ...settings,
  });
}
