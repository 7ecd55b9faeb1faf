import type { BatchWriteCommand, BatchWriteCommandOutput } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeSummary } from '../../telemetry/summary-codec.ts';
import {
  FAULTS,
  type Fault,
  kinesisEvent,
  kinesisRecord,
  sequenceNumber,
  serviceError,
  underFault,
  type VirtualEffort,
  virtualEffort,
} from '../fixture.ts';
import { decodeRecords } from '../records.ts';
import { batchResponse, settle } from '../settle.ts';
import { createTableWriter, type WritesItems } from '../table-writer.ts';
import { storeSummaries, summaryKey } from './logic.ts';

/**
 * A shard as Lambda may deliver it: cut anywhere, each batch again as often as it likes, from the first record that
 * failed on or, when the invocation itself failed, from its own first. The order within a key is all that Kinesis
 * promises, so keys are shuffled against each other, and no key in itself.
 */

type Kind = 'good' | 'malformed' | 'refused';

interface Content {
  readonly minute: number;
  readonly kind: Kind;
  /** What tells the records of one key apart. */
  readonly version: number;
}

/** What DynamoDB refuses as a number. */
const OUT_OF_RANGE = 1e200;

function textOf({ minute, kind, version }: Content): string {
  if (kind === 'malformed') return `{"Name":"Rocinante","version":${version}`;
  return JSON.stringify({
    Name: 'Rocinante',
    StatusTime: `2026-01-01 10:${String(minute).padStart(2, '0')}:00.000`,
    Distance: kind === 'refused' ? OUT_OF_RANGE : 1800,
    MinMagicPoints: 0,
    MaxMagicPoints: version,
    MinHealthPoints: 0,
    MaxHealthPoints: 0,
  });
}

/** The table, as far as it matters: a request either holds no number out of range, or is refused whole. */
function tableUnder(faults: Fault[]) {
  const versions = new Map<string, number>();
  const connect = (effort: VirtualEffort): WritesItems => ({
    async send(command: BatchWriteCommand, { abortSignal }): Promise<BatchWriteCommandOutput> {
      const puts = command.input.RequestItems!.table!.map(({ PutRequest }) => PutRequest!.Item!);
      return underFault(faults.shift() ?? 'none', effort, abortSignal, (leave) => {
        if (puts.some(({ Distance }) => Number(Distance) === OUT_OF_RANGE)) {
          throw serviceError('ValidationException', 400, 'Number overflow');
        }
        for (const { StatusTime, MaxMagicPoints } of puts.slice(leave)) {
          versions.set(String(StatusTime), Number(MaxMagicPoints));
        }
        const undone = puts.slice(0, leave).map((Item) => ({ PutRequest: { Item } }));
        return { $metadata: {}, UnprocessedItems: leave === 0 ? {} : { table: undone } };
      });
    },
  });
  return { versions, connect };
}

/** How one delivery goes: how many records it has, and whether the function counts as failed after it ran. */
const deliveries = fc.array(fc.record({ size: fc.integer({ min: 1, max: 40 }), fails: fc.boolean() }), {
  maxLength: 30,
});

/** Keys in any order between each other; their own records in the order in which they are made. */
const shards = fc
  .array(
    fc.record({
      minute: fc.nat(7),
      kind: fc.constantFrom<Kind>('good', 'good', 'good', 'malformed', 'refused'),
    }),
    { maxLength: 70 },
  )
  .map((contents) => contents.map((content, version): Content => ({ ...content, version })));

it('the table and the quarantine are the same however a shard is delivered', async () => {
  const schedule = fc.array(fc.constantFrom(...FAULTS), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(shards, deliveries, schedule, async (shard, plan, faults) => {
      const table = tableUnder([...faults]);
      const kept = new Set<string>();
      const deliver = async (from: number, size: number): Promise<number> => {
        const effort = virtualEffort(9_000);
        const batch = shard.slice(from, from + size).map((content, at) => {
          return kinesisRecord({ n: from + at, data: textOf(content) });
        });
        const records = decodeRecords(kinesisEvent(batch), decodeSummary);
        const client = table.connect(effort);
        const write = createTableWriter({ client, tableName: 'table', keyOf: summaryKey });
        const verdicts = await storeSummaries(records, write, effort);
        const settlements = await settle(records, verdicts, async (refused) => {
          for (const { record } of refused) kept.add(record.sequenceNumber);
          return { acknowledged: kept, reason: undefined };
        });
        const failed = batchResponse(settlements).batchItemFailures[0]?.itemIdentifier;
        return failed === undefined
          ? from + batch.length
          : shard.findIndex((_, n) => sequenceNumber(n) === failed);
      };

      const cuts = [...plan];
      let next = 0;
      for (let rounds = 0; next < shard.length; rounds++) {
        expect(rounds).toBeLessThan(plan.length + faults.length + 2);
        const { size, fails } = cuts.shift() ?? { size: 100, fails: false };
        const after = await deliver(next, size);
        if (!fails) next = after;
      }

      const expected = new Map<string, number>();
      for (const { minute, kind, version } of shard) {
        if (kind === 'good') expected.set(`2026-01-01 10:0${minute}:00.000`, version);
      }
      expect(table.versions).toEqual(expected);
      // One that the table would refuse is not seen by it when a later one of its key comes in the same batch.
      for (const [n, { kind, minute }] of shard.entries()) {
        const overtaken = shard.slice(n).some((each) => each.minute === minute && each.kind === 'good');
        if (kind === 'good') expect(kept).not.toContain(sequenceNumber(n));
        else if (kind === 'malformed' || !overtaken) expect(kept).toContain(sequenceNumber(n));
      }
    }),
    { numRuns: 100 },
  );
});
