import type { BatchWriteCommand, BatchWriteCommandOutput } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../telemetry/summary.ts';
import { decodeSummary, encodeSummary } from '../../telemetry/summary-codec.ts';
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
import type { Quarantine } from '../quarantine/quarantine.ts';
import { decodeRecords } from '../records.ts';
import { batchResponse, settle } from '../settle.ts';
import { createTableWriter, type WritesItems } from '../table-writer.ts';
import { storeSummaries, summaryKey } from './logic.ts';

/** Distance that the table refuses, as DynamoDB refuses numbers out of its range. */
const OUT_OF_RANGE = 1e200;

/** The table as DynamoDB keeps it: refuses a request with a key twice, more than 25 items, or a number out of range. */
function fakeTable(faults: Fault[] = []) {
  const items = new Map<string, Record<string, string | undefined>>();
  const requests: number[] = [];
  const connect = (effort: VirtualEffort): WritesItems => ({
    async send(command: BatchWriteCommand, { abortSignal }): Promise<BatchWriteCommandOutput> {
      const { RequestItems = {} } = command.input;
      expect(Object.keys(RequestItems)).toEqual(['UnicornSensorData']);
      const puts = RequestItems.UnicornSensorData!.map(({ PutRequest }) => PutRequest!.Item!);
      requests.push(puts.length);
      const keys = new Set(puts.map(({ Name, StatusTime }) => JSON.stringify([Name, StatusTime])));
      if (puts.length > 25) throw serviceError('ValidationException', 400, 'Too many items requested');
      if (keys.size < puts.length) {
        throw serviceError('ValidationException', 400, 'Provided list of item keys contains duplicates');
      }
      return underFault(faults.shift() ?? 'none', effort, abortSignal, (leave) => {
        if (puts.some(({ Distance }) => Number(Distance) >= 1e126)) {
          throw serviceError(
            'ValidationException',
            400,
            'Number overflow. Attempting to store a number with …',
          );
        }
        for (const item of puts.slice(leave)) {
          const { Name, StatusTime, ...rest } = item;
          const numbers = Object.entries(rest).map(([attribute, value]) => [attribute, String(value)]);
          items.set(`${Name}|${StatusTime}`, Object.fromEntries(numbers));
        }
        const undone = puts.slice(0, leave).map((Item) => ({ PutRequest: { Item } }));
        return { $metadata: {}, UnprocessedItems: leave === 0 ? {} : { UnicornSensorData: undone } };
      });
    },
  });
  return { items, requests, connect };
}

function summary(minute: number, changes: Partial<Summary> = {}): Summary {
  return {
    Name: 'Rocinante',
    StatusTime: `2026-01-01 10:${String(minute).padStart(2, '0')}:00.000`,
    Distance: 1800.123456,
    MinMagicPoints: 140,
    MaxMagicPoints: 150,
    MinHealthPoints: 130,
    MaxHealthPoints: 155,
    Readings: 60,
    ...changes,
  };
}

async function settleBatch(
  contents: readonly { readonly n: number; readonly data: string | Uint8Array }[],
  table: ReturnType<typeof fakeTable>,
  effort = virtualEffort(20_000),
) {
  const quarantined: [string, string][] = [];
  const quarantine: Quarantine = async (refused) => {
    for (const { record, reason } of refused) quarantined.push([record.sequenceNumber, reason]);
    return { acknowledged: new Set(refused.map(({ record }) => record.sequenceNumber)), reason: undefined };
  };
  const write = createTableWriter({
    client: table.connect(effort),
    tableName: 'UnicornSensorData',
    keyOf: summaryKey,
  });
  const records = decodeRecords(
    kinesisEvent(contents.map((content) => kinesisRecord(content))),
    decodeSummary,
  );
  const verdicts = await storeSummaries(records, write, effort);
  const settlements = await settle(records, verdicts, quarantine);
  return { answer: batchResponse(settlements), settlements, quarantined };
}

const WELL = { batchItemFailures: [] };

describe('the stream processor', () => {
  it('writes every attribute, numbers as they were written', async () => {
    const table = fakeTable();
    const data = encodeSummary(summary(0, { Name: '🦄 Ñandú', Distance: 4000000000.123457 }));
    expect((await settleBatch([{ n: 1, data }], table)).answer).toEqual(WELL);
    expect([...table.items]).toEqual([
      [
        '🦄 Ñandú|2026-01-01 10:00:00.000',
        {
          Distance: '4000000000.123457',
          MinMagicPoints: '140',
          MaxMagicPoints: '150',
          MinHealthPoints: '130',
          MaxHealthPoints: '155',
          Readings: '60',
        },
      ],
    ]);
  });

  it('writes a full batch in four requests', async () => {
    const table = fakeTable();
    const contents = Array.from({ length: 100 }, (_, n) => ({
      n,
      data: encodeSummary(summary(n % 60, { Name: `unicorn ${n}` })),
    }));
    expect((await settleBatch(contents, table)).answer).toEqual(WELL);
    expect(table.requests).toEqual([25, 25, 25, 25]);
    expect(table.items.size).toBe(100);
  });

  it.each([
    ['first', 0],
    ['middle', 1],
    ['last', 2],
  ])('quarantines a malformed record that comes %s, and writes its neighbours', async (_, at) => {
    const malformed = ['{"Name":', Buffer.from([0xff]), '{"Name":"Rocinante","StatusTime":"yesterday"}'];
    for (const bad of malformed) {
      const table = fakeTable();
      const contents = [0, 1, 2].map((n) => ({ n, data: n === at ? bad : encodeSummary(summary(n)) }));
      const { answer, quarantined } = await settleBatch(contents, table);
      expect(answer).toEqual(WELL);
      expect(quarantined.map(([number]) => number)).toEqual([sequenceNumber(at)]);
      expect(table.items.size).toBe(2);
    }
  });

  it('of one key writes the highest sequence number, and settles all of them as that one', async () => {
    const table = fakeTable();
    const contents = [
      { n: 1, data: encodeSummary(summary(0, { Readings: 1 })) },
      { n: 3, data: encodeSummary(summary(0, { Readings: 3 })) },
      { n: 2, data: encodeSummary(summary(0, { Readings: 2 })) },
    ];
    expect((await settleBatch(contents, table)).answer).toEqual(WELL);
    expect([...table.items.values()].map(({ Readings }) => Readings)).toEqual(['3']);

    const broken = fakeTable(Array(8).fill('broken'));
    const { settlements } = await settleBatch(contents, broken);
    expect(settlements.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed']);
  });

  it('writes again what the table left unprocessed, and nothing else', async () => {
    const table = fakeTable(['partial']);
    const contents = [0, 1, 2].map((n) => ({ n, data: encodeSummary(summary(n)) }));
    expect((await settleBatch(contents, table)).answer).toEqual(WELL);
    expect(table.requests).toEqual([3, 1]);
    expect(table.items.size).toBe(3);
  });

  it('finds the item that the table refuses, and quarantines it alone', async () => {
    const table = fakeTable();
    const contents = Array.from({ length: 30 }, (_, n) => ({
      n,
      data: encodeSummary(summary(n, n === 7 ? { Distance: OUT_OF_RANGE } : {})),
    }));
    const { answer, quarantined } = await settleBatch(contents, table);
    expect(answer).toEqual(WELL);
    expect(quarantined).toEqual([
      [sequenceNumber(7), expect.stringMatching(/table refused it.*Number overflow/)],
    ]);
    expect(table.items.size).toBe(29);
  });

  it('blames no record for a table with other keys', async () => {
    const client: WritesItems = {
      send: async () => {
        throw serviceError('ValidationException', 400, 'The provided key element does not match the schema');
      },
    };
    const write = createTableWriter({ client, tableName: 'UnicornSensorData', keyOf: summaryKey });
    expect(
      await write(
        [summary(0), summary(1)].map((item) => ({ item: { ...item }, bytes: 200 })),
        virtualEffort(1_000),
      ),
    ).toMatchObject([{ outcome: 'failed' }, { outcome: 'failed' }]);
  });

  it('reports the first record that it has no time for', async () => {
    const table = fakeTable(['none', 'hangs', 'hangs']);
    const contents = Array.from({ length: 50 }, (_, n) => ({ n, data: encodeSummary(summary(n)) }));
    const { answer } = await settleBatch(contents, table, virtualEffort(7_000));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(25) }] });
    expect(table.items.size).toBe(25);
  });

  it('stores or quarantines every record in the end, whatever fails on the way', async () => {
    const content = fc.record({
      minute: fc.nat(20),
      readings: fc.integer({ min: 1, max: 60 }),
      kind: fc.constantFrom('good', 'good', 'good', 'malformed', 'out of range'),
    });
    const contents = fc.array(content, { maxLength: 90 });
    const schedule = fc.array(fc.constantFrom(...FAULTS), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(contents, schedule, async (given, faults) => {
        const stream = given.map(({ minute, readings, kind }, n) => ({
          n,
          data:
            kind === 'malformed'
              ? `not a summary ${n}`
              : encodeSummary(
                  summary(minute, {
                    // The bad ones have keys of their own, so that the expectation stays simple.
                    ...(kind === 'good' ? {} : { Name: `bad ${n}`, Distance: OUT_OF_RANGE }),
                    Readings: readings,
                  }),
                ),
        }));
        const table = fakeTable([...faults]);
        const quarantined: string[] = [];
        let from = 0;
        for (let deliveries = 0; from < stream.length; deliveries++) {
          expect(deliveries).toBeLessThan(faults.length + 2);
          const delivered = stream.slice(from);
          const result = await settleBatch(delivered, table, virtualEffort(9_000));
          quarantined.push(...result.quarantined.map(([number]) => number));
          const failed = result.answer.batchItemFailures[0]?.itemIdentifier;
          from =
            failed === undefined ? stream.length : stream.findIndex(({ n }) => sequenceNumber(n) === failed);
        }

        const expected = new Map<number, number>();
        const bad: string[] = [];
        for (const [n, { minute, readings, kind }] of given.entries()) {
          if (kind === 'good') expected.set(minute, readings);
          else bad.push(sequenceNumber(n));
        }
        const stored = [...table.items].map(([key, { Readings }]) => [
          Number(key.slice(24, 26)),
          Number(Readings),
        ]);
        expect(new Map(stored as [number, number][])).toEqual(expected);
        expect(quarantined).toEqual(bad);
      }),
    );
  });
});
