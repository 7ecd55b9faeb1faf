import { gzipSync } from 'node:zlib';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Reading } from '../../telemetry/reading.ts';
import { BUCKETS } from '../../telemetry/topology.ts';
import { prefixOf } from './hours.ts';

/** A reading for tests; what is not said is Rocinante's at the start of a ride. */
export function readingOf(given: Partial<Reading> = {}): Reading {
  return {
    Name: 'Rocinante',
    StatusTime: '2026-05-01 09:00:00.000',
    Latitude: 40.749167,
    Longitude: -73.985184,
    Distance: 29.5,
    MagicPoints: 150,
    HealthPoints: 150,
    ...given,
  };
}

/** Puts an object as Firehose would; resolves to its key. */
export async function archive(
  s3: S3Client,
  hour: string,
  name: string,
  lines: readonly (object | string)[],
  bucket: string = BUCKETS.archive,
): Promise<string> {
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  return putObject(s3, `${prefixOf(Date.parse(hour))}${name}.gz`, gzipSync(text), bucket);
}

/** Puts any object; resolves to its key. */
export async function putObject(
  s3: S3Client,
  key: string,
  body: Uint8Array,
  bucket: string = BUCKETS.archive,
): Promise<string> {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  return key;
}
