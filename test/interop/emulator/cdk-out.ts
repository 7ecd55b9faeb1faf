import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { BucketAlreadyOwnedByYou, CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { zipSync } from 'fflate';
import { pipelineApp } from '../../../infra/aws/pipeline-app.ts';
import type { Settings } from '../../../infra/aws/settings.ts';
import { type Aws, EMULATOR_CREDENTIALS, EMULATOR_REGION } from './aws.ts';
import type { Emulator } from './emulator.ts';
import { deploy } from './stacks.ts';
import type { Template } from './template.ts';

/** The emulator's only account. */
const ACCOUNT = '000000000000';

/** What `cdk bootstrap` would have made: a bucket for assets, and a parameter with the version of all that. */
const BOOTSTRAP = {
  bucket: `cdk-hnb659fds-assets-${ACCOUNT}-${EMULATOR_REGION}`,
  parameter: '/cdk-bootstrap/hnb659fds/version',
  version: '30',
} as const;

/**
 * Synthesizes the pipeline and deploys it through CloudFormation, as the CDK's own command would: its assets first, then
 * each stack after those that it stands on.
 *
 * @returns names of the stacks, in the order in which they were created
 */
export async function deployPipeline(emulator: Emulator, aws: Aws, settings: Settings): Promise<string[]> {
  const outdir = mkdtempSync(join(tmpdir(), 'wildrydes-cdk-'));
  try {
    const app = pipelineApp(settings, { outdir });
    const { stacks } = app.synth();
    await bootstrap(emulator, aws);
    for (const { stackName, template, assets } of stacks.map((stack) => ({
      stackName: stack.stackName,
      template: stack.template as Template,
      assets: join(outdir, `${stack.id}.assets.json`),
    }))) {
      await publish(emulator, outdir, assets);
      await deploy(aws, stackName, template);
    }
    return stacks.map(({ stackName }) => stackName);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

async function bootstrap(emulator: Emulator, aws: Aws): Promise<void> {
  const s3 = s3At(emulator);
  try {
    await s3.send(new CreateBucketCommand({ Bucket: BOOTSTRAP.bucket }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  } finally {
    s3.destroy();
  }
  await aws(
    ...['ssm', 'put-parameter', '--overwrite', '--type', 'String'],
    ...['--name', BOOTSTRAP.parameter, '--value', BOOTSTRAP.version],
  );
}

interface Asset {
  readonly source: { readonly path: string; readonly packaging: 'zip' | 'file' };
  readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
}

/** Puts a stack's assets where its template says that they are. */
async function publish(emulator: Emulator, outdir: string, file: string): Promise<void> {
  const { files } = JSON.parse(readFileSync(file, 'utf8')) as { files: Readonly<Record<string, Asset>> };
  const s3 = s3At(emulator);
  try {
    for (const { source, destinations } of Object.values(files)) {
      const path = join(outdir, source.path);
      const Body = source.packaging === 'zip' ? zipped(path) : readFileSync(path);
      for (const { objectKey: Key } of Object.values(destinations)) {
        await s3.send(new PutObjectCommand({ Bucket: BOOTSTRAP.bucket, Key, Body }));
      }
    }
  } finally {
    s3.destroy();
  }
}

function zipped(folder: string): Uint8Array {
  const paths = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());
  return zipSync(Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path)])));
}

function s3At({ endpoint }: Emulator): S3Client {
  return new S3Client({
    endpoint,
    region: EMULATOR_REGION,
    credentials: EMULATOR_CREDENTIALS,
    forcePathStyle: true,
  });
}
