import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Changes } from '../../aggregation/control/update.ts';
import { clientConfig, type Target } from '../../infra/target.ts';
import { WildRydesError } from '../../telemetry/errors.ts';

export interface UploadFlags {
  /** Path of the Jar. */
  readonly jar: string;
  readonly bucket?: string | undefined;
  /** Default: the file's name. */
  readonly key?: string | undefined;
}

/** A Jar that was read, and where it is to go. */
export interface CodeFile {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array;
}

/** @throws WildRydesError USAGE without a bucket; NOT_FOUND for a file that cannot be read */
export async function codeFile({ jar, bucket, key = basename(jar) }: UploadFlags): Promise<CodeFile> {
  if (bucket === undefined) {
    throw new WildRydesError('USAGE', '--jar goes with --bucket: the service takes code from S3');
  }
  try {
    return { bucket, key, body: await readFile(jar) };
  } catch (error) {
    throw new WildRydesError('NOT_FOUND', `cannot read ${jar}: ${(error as Error).message}`, {
      next: 'Build it with mvn -f aggregation/flink/pom.xml package',
      cause: error,
    });
  }
}

/**
 * Puts a Jar where the service finds it.
 *
 * @returns where it is; with its version, if the bucket keeps versions
 * @throws WildRydesError NOT_FOUND for a bucket that is not there
 */
export async function uploadedCode(
  { bucket, key, body }: CodeFile,
  target: Target,
): Promise<NonNullable<Changes['code']>> {
  process.stderr.write(`uploading ${body.length} bytes to s3://${bucket}/${key}\n`);
  const s3 = new S3Client({ ...clientConfig(target), forcePathStyle: target.endpoint !== undefined });
  try {
    const { VersionId: version } = await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }),
    );
    return { bucket, key, version };
  } catch (error) {
    if ((error as Error).name !== 'NoSuchBucket') throw error;
    throw new WildRydesError('NOT_FOUND', `there is no bucket ${bucket}`, {
      next: `Make it: aws s3 mb s3://${bucket}`,
      cause: error,
    });
  } finally {
    s3.destroy();
  }
}
