import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { LARGEST_PAYLOAD, LONGEST_REASON } from '../../telemetry/quarantine-codec.ts';
import type { Observer } from '../observer.ts';
import { QUARANTINE_PREFIX } from '../quarantine/quarantine.ts';
import { hourOf, keySegment, type PutsObjects } from '../quarantine/to-bucket.ts';
import { type Effort, insist } from '../resend.ts';

/** A line that can never be used, and why. */
export interface RefusedLine {
  /** From 1. */
  readonly number: number;
  /** Its bytes, or their beginning. */
  readonly bytes: Buffer;
  /** Of the whole line. */
  readonly length: number;
  /** In words meant for a person. */
  readonly reason: string;
}

/** One line of a quarantine object. */
export interface LineEntry {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly line: number;
  readonly reason: string;
  /** The line's bytes, base64; only the first 512 KiB. */
  readonly payload: string;
  /** Of the whole line. */
  readonly bytes: number;
}

/** Where the lines stood. */
export interface LineSource {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  /** Of the event, ms since the epoch: the same when it comes again. */
  readonly eventTime: number;
}

/** Keeps refused lines of one file, given in their order. Keeping the same ones again changes nothing. */
export interface LineQuarantine {
  /** @throws when the lines before it could not be kept */
  add(line: RefusedLine): Promise<void>;
  /** Keeps what is left. @throws when it could not */
  finish(): Promise<void>;
}

export type OpenQuarantine = (source: LineSource, effort: Effort) => LineQuarantine;

/** When an object of entries is full: entries, or characters of text, whatever comes first. */
const PART = { entries: 1_000, characters: 4 * 1024 * 1024 } as const;

/** Longest name of an object within a key: the key may have 1,024 bytes, and bucket, function and hour stand before. */
const LONGEST_NAME = 512;

/**
 * Keeps refused lines in a bucket, as objects of NDJSON that are written while the file is read.
 *
 * What is in which object depends on the file alone, and its key on file and event: doing it again writes the same.
 */
export function createBucketLines(options: {
  readonly client: PutsObjects;
  readonly bucket: string;
  /** Function that refuses. */
  readonly functionName: string;
}): OpenQuarantine {
  const { client, bucket, functionName } = options;
  return (source, effort) => {
    let entries: string[] = [];
    let characters = 0;
    let parts = 0;
    const finish = async () => {
      if (entries.length === 0) return;
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: partKey(functionName, source, parts++),
        Body: entries.join(''),
        ContentType: 'application/x-ndjson',
      });
      entries = [];
      characters = 0;
      await insist(effort, (abortSignal) => client.send(command, { abortSignal }));
    };
    return {
      add: async (line) => {
        const text = `${JSON.stringify(entryOf(source, line))}\n`;
        if (entries.length === PART.entries || characters + text.length > PART.characters) await finish();
        entries.push(text);
        characters += text.length;
      },
      finish,
    };
  };
}

/**
 * Key of the nth object, from 0, of a file's refused lines:
 * `quarantine/YYYY/MM/DD/HH/FUNCTION/BUCKET/KEY-ETAG-NNNNN.ndjson`, the hour in UTC and that of the event. A long key
 * is cut, and then told from others by a hash.
 */
export function partKey(functionName: string, source: LineSource, part: number): string {
  const { bucket, key, etag, eventTime } = source;
  const name = keySegment(key);
  const short =
    name.length <= LONGEST_NAME
      ? name
      : `${name.slice(0, LONGEST_NAME)}-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
  const place = [functionName, bucket].map(keySegment).join('/');
  const number = String(part).padStart(5, '0');
  return `${QUARANTINE_PREFIX}${hourOf(eventTime)}/${place}/${short}-${keySegment(etag)}-${number}.ndjson`;
}

function entryOf({ bucket, key, etag }: LineSource, line: RefusedLine): LineEntry {
  const { number, bytes, length, reason } = line;
  return {
    bucket,
    key,
    etag,
    line: number,
    reason: reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON - 1)}…` : reason,
    payload: bytes.subarray(0, LARGEST_PAYLOAD).toString('base64'),
    bytes: length,
  };
}

/** Refused lines of one file that are named in the log. */
const MOST_NAMED = 10;

/** Tells of refused lines in the log, without their payload: that stays in the file alone. */
export function createLoggedLines(observer: Pick<Observer, 'warn'>): OpenQuarantine {
  return ({ bucket, key, etag }) => {
    let count = 0;
    return {
      add: async ({ number, length, reason }) => {
        if (count++ < MOST_NAMED) {
          observer.warn('refused a line', { bucket, key, etag, line: number, bytes: length, reason });
        }
      },
      finish: async () => {
        if (count > MOST_NAMED) {
          observer.warn('refused more lines', { bucket, key, etag, lines: count - MOST_NAMED });
        }
      },
    };
  };
}
