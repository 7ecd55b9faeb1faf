import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Aws, EMULATOR_REGION } from './aws.ts';
import type { Code } from './template.ts';

/** Where zips lie: what `cdk bootstrap` would have made. */
export const ASSETS = 'wildrydes-assets';

/** Puts a file into the bucket of assets, which is created with the first one, and tells where it lies. */
export async function putAsset(aws: Aws, key: string, content: Uint8Array): Promise<Code> {
  const { Buckets } = await aws('s3api', 'list-buckets');
  if (!(Buckets as { Name: string }[]).some(({ Name }) => Name === ASSETS)) {
    const place = `LocationConstraint=${EMULATOR_REGION}`;
    await aws('s3api', 'create-bucket', '--bucket', ASSETS, '--create-bucket-configuration', place);
  }
  const folder = mkdtempSync(join(tmpdir(), 'wildrydes-asset-'));
  try {
    const file = join(folder, 'asset');
    writeFileSync(file, content);
    await aws('s3api', 'put-object', '--bucket', ASSETS, '--key', key, '--body', file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { S3Bucket: ASSETS, S3Key: key };
}
