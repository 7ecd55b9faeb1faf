import { PutObjectCommand, type PutObjectCommandOutput } from '@aws-sdk/client-s3';
import { inLanes } from '../lanes.ts';
import type { StreamRecord } from '../records.ts';
import { describeError, insist } from '../resend.ts';
import { entryText, QUARANTINE_PREFIX, type QuarantinePlace, UNKNOWN_SHARD } from './quarantine.ts';

/** Objects under way at a time. */
const OBJECTS_AT_A_TIME = 8;

/** What is used of an S3 client. */
export interface PutsObjects {
  send(command: PutObjectCommand, options: { abortSignal: AbortSignal }): Promise<PutObjectCommandOutput>;
}

/**
 * Puts each refused record into a bucket, as an object of its own under a key made of where the record stood and when
 * it arrived. What is delivered again therefore overwrites its own object.
 */
export function createBucketQuarantine(options: {
  readonly client: PutsObjects;
  readonly bucket: string;
  /** Function that refuses: two that read the same stream keep their entries apart. */
  readonly functionName: string;
}): QuarantinePlace {
  const { client, bucket, functionName } = options;
  return async (refused, effort) => {
    const acknowledged = new Set<string>();
    let reason: string | undefined;
    await inLanes(refused, OBJECTS_AT_A_TIME, async (each) => {
      // What follows the first that failed comes again with it.
      if (reason !== undefined) return;
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: quarantineKey(functionName, each.record),
        Body: entryText(each),
        ContentType: 'application/json',
      });
      try {
        await insist(effort, (abortSignal) => client.send(command, { abortSignal }));
        acknowledged.add(each.record.sequenceNumber);
      } catch (error) {
        reason ??= describeError(error);
      }
    });
    return { acknowledged, reason };
  };
}

/**
 * Key of a refused record: `quarantine/YYYY/MM/DD/HH/FUNCTION/STREAM/SHARD/SEQUENCE.json`, the hour in UTC and that of
 * the record's arrival. It depends on nothing that changes when the record is delivered again.
 */
export function quarantineKey(
  functionName: string,
  { arrival, stream, shardId = UNKNOWN_SHARD, sequenceNumber }: StreamRecord,
): string {
  const names = [functionName, stream, shardId, sequenceNumber].map(keySegment);
  return `${QUARANTINE_PREFIX}${hourOf(arrival)}/${names.join('/')}.json`;
}

/** Last hour that a Date can tell, ms since the epoch, in a year of four digits. */
const LATEST = Date.UTC(9999, 11, 31, 23);

/** `YYYY/MM/DD/HH`. A time that is none, in an event that somebody wrote by hand, counts as 1970. */
export function hourOf(arrival: number): string {
  const time = arrival >= 0 && arrival <= LATEST ? arrival : 0;
  return new Date(time).toISOString().slice(0, 13).replace(/[-T]/g, '/');
}

/** A name as one segment of a key: with bytes escaped that S3 or the tools around it read otherwise, such as `/` and `..`. */
export function keySegment(name: string): string {
  let segment = '';
  for (const byte of Buffer.from(name)) {
    const character = String.fromCharCode(byte);
    segment += /[A-Za-z0-9_.-]/.test(character) ? character : escapedByte(byte);
  }
  if (segment === '') return UNKNOWN_SHARD;
  return /^\.+$/.test(segment) ? segment.replaceAll('.', escapedByte(0x2e)) : segment;
}

function escapedByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
