import { PutObjectCommand, type PutObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Observer } from '../../observer.ts';
import { QUARANTINE_PREFIX } from '../../quarantine/quarantine.ts';
import { type Effort, insist } from '../../resend.ts';
import type { Line } from './lines.ts';
import type { LogObject } from './objects.ts';

/** A line that is no entry of an access log, and why. */
export interface BadLine {
  readonly line: Line;
  readonly reason: string;
}

/** Keeps bad lines. @throws when they are not kept */
export type LineQuarantine = (object: LogObject, bad: readonly BadLine[], effort: Effort) => Promise<void>;

/** What is used of an S3 client. */
export interface PutsObjects {
  send(command: PutObjectCommand, options: { abortSignal: AbortSignal }): Promise<PutObjectCommandOutput>;
}

/**
 * Puts the bad lines of a log into a bucket, a batch an object, a line of it each:
 * `{"bucket","key","line","reason","payload"}`, the payload in base64. The key is made of the log, its version and the
 * first of the lines: what is done again overwrites its own object.
 */
export function createLineQuarantine(options: {
  readonly client: PutsObjects;
  readonly bucket: string;
  readonly functionName: string;
}): LineQuarantine {
  const { client, bucket: Bucket, functionName } = options;
  return async (object, bad, effort) => {
    const { bucket, key, version, arrival } = object;
    const first = bad[0]?.line.number ?? 0;
    const hour = new Date(arrival).toISOString().slice(0, 13).replace(/[-T]/g, '/');
    const names = [functionName, bucket, key, String(version)].map(segmentOf);
    const command = new PutObjectCommand({
      Bucket,
      Key: `${QUARANTINE_PREFIX}${hour}/${names.join('/')}/${first}.ndjson`,
      Body: bad
        .map(({ line, reason }) => {
          const payload = Buffer.from(line.bytes).toString('base64');
          return `${JSON.stringify({ bucket, key, line: line.number, reason, payload })}\n`;
        })
        .join(''),
      ContentType: 'application/x-ndjson',
    });
    await insist(effort, (abortSignal) => client.send(command, { abortSignal }));
  };
}

/** As one segment of a key, at most 200 bytes of it: a key has 1,024 at most, and the log's own may be as long. */
function segmentOf(name: string): string {
  return encodeURIComponent(name).replaceAll('.', '%2E').slice(-200);
}

/** Bad lines named in the log, of one batch. */
const MOST_NAMED = 10;

/** Tells of bad lines in the function's own log, without what is in them: that is in the object. */
export function createLineLog(observer: Pick<Observer, 'warn'>): LineQuarantine {
  return async ({ bucket, key }, bad) => {
    for (const { line, reason } of bad.slice(0, MOST_NAMED)) {
      observer.warn('refused a line', { bucket, key, line: line.number, reason });
    }
    if (bad.length > MOST_NAMED) {
      observer.warn('refused more lines', { bucket, key, lines: bad.length - MOST_NAMED });
    }
  };
}
