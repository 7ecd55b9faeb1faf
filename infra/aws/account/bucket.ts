import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { WildRydesError } from '../../../telemetry/errors.ts';
import { withEach } from './in-flight.ts';

/** Requests that delete at the same time. S3 takes 3,500 a second of one prefix; this is to be fast, not to be throttled. */
const AT_ONCE = 4;

/** What was taken out of a bucket. */
export interface Emptied {
  /** Objects; where the bucket keeps versions, each version and each mark of a deletion. */
  readonly objects: number;
  /** Uploads in parts that nobody finished: they cost as objects do, and no list of objects shows them. */
  readonly uploads: number;
}

/**
 * Takes everything out of a bucket, so that it can be deleted. A bucket that is gone is empty.
 *
 * @param progress told how much is gone, after each request
 * @param signal nothing new is begun once it aborts
 * @throws WildRydesError UNREACHABLE naming an object that S3 does not delete, and why
 */
export async function emptyBucket(
  client: S3Client,
  bucket: string,
  progress: (so: Emptied) => void,
  signal: AbortSignal,
): Promise<Emptied> {
  let emptied: Emptied = { objects: 0, uploads: 0 };
  const count = ({ objects, uploads }: Emptied) => {
    emptied = { objects: emptied.objects + objects, uploads: emptied.uploads + uploads };
    progress(emptied);
  };
  try {
    // Uploads first: one that somebody finishes meanwhile becomes an object.
    await withEach(until(signal, uploadsIn(client, bucket)), AT_ONCE, async (upload) => {
      await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, ...upload }));
      count({ objects: 0, uploads: 1 });
    });
    const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    const batches = Status === undefined ? objectsIn(client, bucket) : versionsIn(client, bucket);
    await withEach(until(signal, batches), AT_ONCE, async (objects) => {
      await deleteAll(client, bucket, objects);
      count({ objects: objects.length, uploads: 0 });
    });
  } catch (error) {
    if ((error as Error).name !== 'NoSuchBucket') throw error;
  }
  return emptied;
}

async function* until<T>(signal: AbortSignal, source: AsyncIterable<T>): AsyncIterable<T> {
  for await (const each of source) {
    if (signal.aborted) return;
    yield each;
  }
}

/** A page of a list has as many objects as a request deletes at most: 1,000. */
async function* objectsIn(client: S3Client, bucket: string): AsyncIterable<ObjectIdentifier[]> {
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    if (Contents.length > 0) yield Contents.map(({ Key }) => ({ Key }));
  }
}

async function* versionsIn(client: S3Client, bucket: string): AsyncIterable<ObjectIdentifier[]> {
  for (
    let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    marker !== undefined;
  ) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, ...marker }),
    );
    const { Versions = [], DeleteMarkers = [], NextKeyMarker: key, NextVersionIdMarker: version } = page;
    const all = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (all.length > 0) yield all;
    marker =
      page.IsTruncated && key !== undefined
        ? { KeyMarker: key, ...(version === undefined ? {} : { VersionIdMarker: version }) }
        : undefined;
  }
}

async function* uploadsIn(
  client: S3Client,
  bucket: string,
): AsyncIterable<{ Key: string; UploadId: string }> {
  for (let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {}; marker !== undefined; ) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, ...marker }),
    );
    for (const { Key, UploadId } of page.Uploads ?? []) {
      if (Key !== undefined && UploadId !== undefined) yield { Key, UploadId };
    }
    const { NextKeyMarker: key, NextUploadIdMarker: upload } = page;
    marker =
      page.IsTruncated && key !== undefined
        ? { KeyMarker: key, ...(upload === undefined ? {} : { UploadIdMarker: upload }) }
        : undefined;
  }
}

async function deleteAll(client: S3Client, bucket: string, objects: ObjectIdentifier[]): Promise<void> {
  const { Errors: [refused] = [] } = await client.send(
    new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }),
  );
  if (refused === undefined) return;
  throw new WildRydesError(
    'UNREACHABLE',
    `cannot delete ${refused.Key} from the bucket ${bucket}: ${refused.Message ?? refused.Code}`,
    { next: 'The action is s3:DeleteObject, for versions s3:DeleteObjectVersion.' },
  );
}
