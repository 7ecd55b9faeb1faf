import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { type Hours, hourOfKey, prefixOf, READINGS_PREFIX } from '../../infra/archive/hours.ts';

/** An object of the archive. */
export interface ArchiveObject {
  readonly key: string;
  /** Of its records' arrival, by its first millisecond. */
  readonly hour: number;
  /** Bytes in the bucket. */
  readonly size: number;
}

/** An object's lines, in a file. */
export interface FetchedObject {
  readonly key: string;
  readonly hour: number;
  readonly path: string;
}

/** Objects that are fetched side by side. */
const AT_ONCE = 8;

/** Fetches of an object whose body breaks off. */
const ATTEMPTS = 3;

/**
 * The objects of some hours, oldest first. Keys sort by time: it begins with the first hour and ends after the last.
 *
 * @throws what the client does, NoSuchBucket among it; AbortError
 */
export async function* listArchive(
  s3: S3Client,
  bucket: string,
  { first, last }: Hours,
  signal: AbortSignal,
): AsyncGenerator<ArchiveObject> {
  const pages = paginateListObjectsV2(
    { client: s3 },
    {
      Bucket: bucket,
      Prefix: READINGS_PREFIX,
      ...(first === undefined ? {} : { StartAfter: prefixOf(first) }),
    },
    { abortSignal: signal },
  );
  for await (const { Contents = [] } of pages) {
    for (const { Key: key = '', Size: size = 0 } of Contents) {
      const hour = hourOfKey(key);
      if (hour === undefined) continue;
      if (last !== undefined && hour > last) return;
      yield { key, hour, size };
    }
  }
}

/**
 * Fetches objects into files of a folder, unzipped, a few at a time. One that is not there any more, or is no gzip, is
 * told and left out: it must not keep the others from being read.
 *
 * @param onFetched after each, told or not
 * @throws what the client does when the bucket cannot be read; AbortError
 */
export async function fetchObjects(
  s3: S3Client,
  bucket: string,
  objects: readonly ArchiveObject[],
  folder: string,
  onFetched: () => void,
  onUnreadable: (key: string, reason: string) => void,
  signal: AbortSignal,
): Promise<FetchedObject[]> {
  const fetched: FetchedObject[] = [];
  let next = 0;
  const fetchSome = async () => {
    for (let at = next++; at < objects.length; at = next++) {
      const { key, hour } = objects[at]!;
      const path = join(folder, `${hour}-${at}.json`);
      const fault = await fetchObject(s3, bucket, key, path, signal);
      if (fault === undefined) fetched.push({ key, hour, path });
      else {
        await rm(path, { force: true });
        onUnreadable(key, fault);
      }
      onFetched();
    }
  };
  await allOf(Array.from({ length: AT_ONCE }, fetchSome));
  return fetched;
}

/** Waits for all, so that none still writes when the folder goes; the first failure counts. */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(works)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}

/** Undefined when it is in the file, else what is wrong with the object itself. */
async function fetchObject(
  s3: S3Client,
  bucket: string,
  key: string,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
        abortSignal: signal,
      });
      const unzip = key.endsWith('.gz') ? [createGunzip()] : [];
      await pipeline([Body as Readable, ...unzip, createWriteStream(path)], { signal });
      return undefined;
    } catch (error) {
      const { name, message, code, $metadata } = error as Error & { code?: string; $metadata?: object };
      if (name === 'NoSuchKey') return 'it is no longer there';
      if (code !== undefined && /^Z_/.test(code)) return message;
      const isBrokenBody = $metadata === undefined && !signal.aborted;
      if (!isBrokenBody || attempt === ATTEMPTS) throw error;
    }
  }
}
