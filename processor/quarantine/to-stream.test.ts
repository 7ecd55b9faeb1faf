import type { PutRecordsCommand, PutRecordsCommandOutput } from '@aws-sdk/client-kinesis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeQuarantineEntry } from '../../telemetry/quarantine-codec.ts';
import {
  FAULTS,
  type Fault,
  kinesisEvent,
  kinesisRecord,
  SHARD,
  sequenceNumber,
  serviceError,
  underFault,
  type VirtualEffort,
  virtualEffort,
} from '../fixture.ts';
import { decodeRecords } from '../records.ts';
import { createStreamQuarantine, type PutsRecords } from './to-stream.ts';

/** A stream that keeps what it accepts, under faults; it checks the limits of PutRecords. */
function fakeStream(effort: VirtualEffort, faults: readonly Fault[]) {
  const entries: { readonly key: string; readonly data: Uint8Array }[] = [];
  let requests = 0;
  const client: PutsRecords = {
    async send(command: PutRecordsCommand, { abortSignal }): Promise<PutRecordsCommandOutput> {
      const { Records = [], StreamName } = command.input;
      expect(StreamName).toBe('wildrydes-quarantine');
      expect(Records.length).toBeLessThanOrEqual(500);
      let bytes = 0;
      for (const { Data, PartitionKey } of Records) bytes += Data!.length + Buffer.byteLength(PartitionKey!);
      expect(bytes).toBeLessThanOrEqual(10 * 1024 * 1024);
      return underFault(faults[requests++] ?? 'none', effort, abortSignal, (leave) => {
        for (const { PartitionKey, Data } of Records.slice(leave))
          entries.push({ key: PartitionKey!, data: Data! });
        return {
          $metadata: {},
          FailedRecordCount: leave,
          Records: Records.map((_, at) =>
            at < leave
              ? { ErrorCode: 'ProvisionedThroughputExceededException' }
              : { SequenceNumber: sequenceNumber(entries.length), ShardId: SHARD },
          ),
        };
      });
    },
  };
  return { client, entries, requests: () => requests };
}

function refusedRecords(payloads: readonly (string | Uint8Array)[]) {
  const event = kinesisEvent(
    payloads.map((data, n) => kinesisRecord({ n, data, key: `key-${n}`, stream: 'wildrydes-aggregated' })),
  );
  return decodeRecords(event, () => ({ ok: false, reason: '' })).map((record) => ({
    record,
    reason: 'not JSON',
  }));
}

describe('the quarantine stream', () => {
  it('keeps position, reason and bytes, under the key of the record', async () => {
    const effort = virtualEffort(10_000);
    const stream = fakeStream(effort, []);
    const quarantine = createStreamQuarantine({ client: stream.client, streamName: 'wildrydes-quarantine' });
    await quarantine(refusedRecords([Buffer.from([0xff, 0x00])]), effort);
    expect(stream.entries[0]?.key).toBe('key-0');
    expect(decodeQuarantineEntry(stream.entries[0]!.data)).toEqual({
      ok: true,
      entry: {
        stream: 'wildrydes-aggregated',
        shardId: SHARD,
        sequenceNumber: sequenceNumber(0),
        reason: 'not JSON',
        payload: '/wA=',
        bytes: 2,
      },
    });
  });

  it('puts again what the stream refused of a request, and nothing else', async () => {
    const effort = virtualEffort(10_000);
    const stream = fakeStream(effort, ['partial']);
    const quarantine = createStreamQuarantine({ client: stream.client, streamName: 'wildrydes-quarantine' });
    const { acknowledged } = await quarantine(refusedRecords(['x', 'y', 'z']), effort);
    expect(acknowledged.size).toBe(3);
    expect(stream.entries.map(({ key }) => key)).toEqual(['key-1', 'key-2', 'key-0']);
    expect(stream.requests()).toBe(2);
  });

  it('acknowledges only what the stream accepted, and says why it is not more', async () => {
    const schedule = fc.array(fc.constantFrom(...FAULTS), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 700 }), schedule, async (count, faults) => {
        const effort = virtualEffort(4_000);
        const stream = fakeStream(effort, faults);
        const quarantine = createStreamQuarantine({
          client: stream.client,
          streamName: 'wildrydes-quarantine',
        });
        const { acknowledged, reason } = await quarantine(refusedRecords(Array(count).fill('x')), effort);
        const stored = new Set(
          stream.entries.map(({ data }) => {
            const decoded = decodeQuarantineEntry(data);
            return decoded.ok ? decoded.entry.sequenceNumber : '';
          }),
        );
        for (const number of acknowledged) expect(stored.has(number)).toBe(true);
        expect(reason === undefined).toBe(acknowledged.size === count);
      }),
      { numRuns: 40 },
    );
  });

  it('spreads large records over requests that Kinesis takes', async () => {
    const effort = virtualEffort(10_000);
    const stream = fakeStream(effort, []);
    const quarantine = createStreamQuarantine({ client: stream.client, streamName: 'wildrydes-quarantine' });
    const { acknowledged } = await quarantine(
      refusedRecords(Array(20).fill(Buffer.alloc(1024 * 1024))),
      effort,
    );
    expect(acknowledged.size).toBe(20);
    expect(stream.requests()).toBe(2);
  });

  it('never rejects when the stream is missing', async () => {
    const client: PutsRecords = {
      send: async () => {
        throw serviceError('ResourceNotFoundException', 400, 'no such stream');
      },
    };
    const quarantine = createStreamQuarantine({ client, streamName: 'wildrydes-quarantine' });
    const { acknowledged, reason } = await quarantine(refusedRecords(['x']), virtualEffort(1_000));
    expect(acknowledged.size).toBe(0);
    expect(reason).toBe('ResourceNotFoundException: no such stream');
  });
});
