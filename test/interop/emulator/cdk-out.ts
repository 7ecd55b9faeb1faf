import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { pipelineApp } from '../../../infra/aws/pipeline-app.ts';
import type { Settings } from '../../../infra/aws/settings.ts';
import { zipped } from '../../zipped.ts';
import { type Aws, EMULATOR_CREDENTIALS, EMULATOR_REGION } from './aws.ts';
import { ASSET_BUCKET } from './bootstrap.ts';
import type { Emulator } from './emulator.ts';
import { deploy } from './stacks.ts';
import type { Resource, Template } from './template.ts';

/**
 * Synthesizes the pipeline and deploys it through CloudFormation, without what the emulator does not know: its assets
 * first, then each stack after those that it stands on. For what the CDK's own command cannot put there.
 *
 * @param isKnown what is deployed of a template
 * @returns names of the stacks, in the order in which they were created
 */
export async function deployKnown(
  emulator: Emulator,
  aws: Aws,
  settings: Settings,
  isKnown: (resource: Resource) => boolean,
): Promise<string[]> {
  const outdir = mkdtempSync(join(tmpdir(), 'wildrydes-cdk-'));
  try {
    const { stacks } = pipelineApp(settings, { outdir }).synth();
    for (const { id, stackName, template } of stacks) {
      await publish(emulator, outdir, join(outdir, `${id}.assets.json`));
      await deploy(aws, stackName, known(template as Template, isKnown));
    }
    return stacks.map(({ stackName }) => stackName);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function known(template: Template, isKnown: (resource: Resource) => boolean): Template {
  const resources = Object.entries(template.Resources).filter(([, resource]) => isKnown(resource));
  return { ...template, Resources: Object.fromEntries(resources) };
}

interface Asset {
  readonly source: { readonly path: string; readonly packaging: 'zip' | 'file' };
  readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
}

/** Puts a stack's assets where its template says that they are. */
async function publish({ endpoint }: Emulator, outdir: string, file: string): Promise<void> {
  const { files } = JSON.parse(readFileSync(file, 'utf8')) as { files: Readonly<Record<string, Asset>> };
  const s3 = new S3Client({
    endpoint,
    region: EMULATOR_REGION,
    credentials: EMULATOR_CREDENTIALS,
    forcePathStyle: true,
  });
  try {
    for (const { source, destinations } of Object.values(files)) {
      const path = join(outdir, source.path);
      const Body = source.packaging === 'zip' ? zipped(path) : readFileSync(path);
      for (const { objectKey: Key } of Object.values(destinations)) {
        await s3.send(new PutObjectCommand({ Bucket: ASSET_BUCKET, Key, Body }));
      }
    }
  } finally {
    s3.destroy();
  }
}
