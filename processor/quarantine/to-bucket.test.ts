import type { PutObjectCommand, PutObjectCommandOutput } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeQuarantineEntry } from '../../telemetry/quarantine-codec.ts';
import {
  FAULTS,
  type Fault,
  SHARD,
  sequenceNumber,
  serviceError,
  underFault,
  type VirtualEffort,
  virtualEffort,
} from '../fixture.ts';
import type { StreamRecord } from '../records.ts';
import type { RefusedRecord } from './quarantine.ts';
import { createBucketQuarantine, type PutsObjects, quarantineKey } from './to-bucket.ts';

const NOON = Date.UTC(2026, 0, 31, 12, 59, 59, 999);

function recordOf(changes: Partial<StreamRecord> = {}): StreamRecord {
  return {
    stream: 'wildrydes-aggregated',
    shardId: SHARD,
    sequenceNumber: sequenceNumber(1),
    partitionKey: 'Rocinante',
    arrival: NOON,
    data: Buffer.from([0xff, 0x00]),
    ...changes,
  };
}

function refusedOf(count: number): RefusedRecord[] {
  return Array.from({ length: count }, (_, n) => ({
    record: recordOf({ sequenceNumber: sequenceNumber(n) }),
    reason: 'not JSON',
  }));
}

/** A bucket under faults, each of one request. */
function fakeBucket(effort: VirtualEffort, faults: readonly Fault[] = []) {
  const objects = new Map<string, string>();
  const types = new Set<string | undefined>();
  let requests = 0;
  let underWay = 0;
  let most = 0;
  const client: PutsObjects = {
    async send({ input }: PutObjectCommand, { abortSignal }): Promise<PutObjectCommandOutput> {
      expect(input.Bucket).toBe('a-bucket');
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      underWay--;
      return underFault(faults[requests++] ?? 'none', effort, abortSignal, (leave) => {
        if (leave > 0) throw serviceError('SlowDown', 503);
        objects.set(input.Key!, String(input.Body));
        types.add(input.ContentType);
        return { $metadata: {} };
      });
    },
  };
  const keep = createBucketQuarantine({
    client,
    bucket: 'a-bucket',
    functionName: 'WildRydesStreamProcessor',
  });
  return { keep, objects, types, requests: () => requests, mostUnderWay: () => most };
}

describe('a quarantine bucket', () => {
  it('keeps position, reason and bytes, under a key of the hour of arrival and of the position', async () => {
    const effort = virtualEffort(10_000);
    const { keep, objects, types } = fakeBucket(effort);
    await keep([{ record: recordOf(), reason: 'not JSON' }], effort);
    const [[key, body]] = [...objects] as [[string, string]];
    expect(key).toBe(
      `quarantine/2026/01/31/12/WildRydesStreamProcessor/wildrydes-aggregated/${SHARD}/${sequenceNumber(1)}.json`,
    );
    expect(types).toEqual(new Set(['application/json']));
    expect(decodeQuarantineEntry(Buffer.from(body))).toEqual({
      ok: true,
      entry: {
        stream: 'wildrydes-aggregated',
        shardId: SHARD,
        sequenceNumber: sequenceNumber(1),
        reason: 'not JSON',
        payload: '/wA=',
        bytes: 2,
      },
    });
  });

  it('keeps one object of a record that is delivered again', async () => {
    const effort = virtualEffort(10_000);
    const { keep, objects } = fakeBucket(effort);
    await keep(refusedOf(3), effort);
    await keep(refusedOf(4), effort);
    expect(objects.size).toBe(4);
  });

  it('names the shard unknown when the event did not tell it', async () => {
    const effort = virtualEffort(10_000);
    const { keep, objects } = fakeBucket(effort);
    const { acknowledged } = await keep(
      [{ record: recordOf({ stream: 'Likes_Tab', shardId: undefined }), reason: 'x' }],
      effort,
    );
    expect(acknowledged.size).toBe(1);
    const [[key, body]] = [...objects] as [[string, string]];
    expect(key).toContain('/Likes_Tab/unknown/');
    expect(decodeQuarantineEntry(Buffer.from(body))).toMatchObject({
      ok: true,
      entry: { shardId: 'unknown' },
    });
  });

  it('acknowledges only what the bucket took, a few at a time, and says why it is not more', async () => {
    const schedule = fc.array(fc.constantFrom(...FAULTS), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), schedule, async (count, faults) => {
        const effort = virtualEffort(6_000);
        const bucket = fakeBucket(effort, faults);
        const { acknowledged, reason } = await bucket.keep(refusedOf(count), effort);
        const stored = new Set([...bucket.objects.keys()].map((key) => /(\d+)\.json$/.exec(key)?.[1]));
        for (const number of acknowledged) expect(stored).toContain(number);
        expect(reason === undefined).toBe(acknowledged.size === count);
        expect(bucket.mostUnderWay()).toBeLessThanOrEqual(8);
        if (faults.length === 0) expect(bucket.requests()).toBe(count);
      }),
      { numRuns: 60 },
    );
  });

  it('asks no more of a bucket that is missing, and never rejects', async () => {
    let requests = 0;
    const client: PutsObjects = {
      send: async () => {
        requests++;
        throw serviceError('NoSuchBucket', 404, 'The specified bucket does not exist');
      },
    };
    const keep = createBucketQuarantine({ client, bucket: 'a-bucket', functionName: 'f' });
    const { acknowledged, reason } = await keep(refusedOf(100), virtualEffort(1_000));
    expect(acknowledged.size).toBe(0);
    expect(reason).toBe('NoSuchBucket: The specified bucket does not exist');
    expect(requests).toBeLessThanOrEqual(8);
  });
});

describe('a key', () => {
  it('has the same segments whatever the names are, and differs with each of them', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('..', '.', '../../x', 'a/b', '%2F', '🦄', '\ud800'),
    );
    const names = fc.tuple(name, name, name, name);
    const keyOf = ([functionName, stream, shardId, number]: readonly [string, string, string, string]) =>
      quarantineKey(functionName, recordOf({ stream, shardId, sequenceNumber: number }));
    fc.assert(
      fc.property(names, names, (a, b) => {
        const segments = keyOf(a).split('/');
        expect(segments.slice(0, 5)).toEqual(['quarantine', '2026', '01', '31', '12']);
        expect(segments).toHaveLength(9);
        for (const segment of segments) expect(segment).toMatch(/^(?!\.+$)[A-Za-z0-9_.%-]+$/);
        // Half a surrogate pair has no bytes of its own.
        const isWhole = [...a, ...b].every((text) => !/\p{Cs}/u.test(text));
        if (isWhole) expect(keyOf(a) === keyOf(b)).toBe(a.join('\0') === b.join('\0'));
      }),
    );
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 9e15])('stands a time that is none: %s', (arrival) => {
    expect(quarantineKey('f', recordOf({ arrival }))).toMatch(/^quarantine\/1970\/01\/01\/00\/f\//);
  });
});
