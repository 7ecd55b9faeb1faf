import type { DescribeTableCommandOutput } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequenceNumberOf } from '../../../infra/local/dynamodb/streams/sequence-number.ts';
import { serviceError, virtualEffort } from '../../fixture.ts';
import { batchResponse, settle } from '../../settle.ts';
import { createDocumentWriter } from '../bulk.ts';
import { connectedDouble } from '../testing/connected.ts';
import { SEARCH_FAULTS } from '../testing/double.ts';
import { changesIn } from './changes.ts';
import { createKeySchemas, type DescribesTables } from './key-schema.ts';
import { followTables } from './logic.ts';

const INDEX = 'unicornsensordata';
const STREAM = Date.UTC(2026, 0, 31, 12);

const { search, client } = await connectedDouble();

interface ChangeOptions {
  readonly n: number;
  readonly name?: string;
  readonly minute?: number;
  /** Undefined: the item was removed. */
  readonly value?: number | undefined;
  readonly table?: string;
}

function change({
  n,
  name = 'Rocinante',
  minute = 0,
  value,
  table = 'UnicornSensorData',
}: ChangeOptions): DynamoDBRecord {
  // The order of a map says nothing: the sort key comes first here.
  const Keys = { StatusTime: { S: `2026-01-31 12:0${minute}:00.000` }, Name: { S: name } };
  return {
    eventID: `event-${n}`,
    eventName: value === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/2026-01-31T12:00:00.000`,
    dynamodb: {
      ApproximateCreationDateTime: 1_769_860_800,
      Keys,
      SequenceNumber: sequenceNumberOf(STREAM, n),
      SizeBytes: 100,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      ...(value === undefined ? {} : { NewImage: { ...Keys, Readings: { N: String(value) } } }),
    },
  };
}

/** Tables by name: their keys, or an error. */
function tables(
  described: Readonly<Record<string, readonly string[] | Error>>,
): DescribesTables & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async send({ input: { TableName = '' } }): Promise<DescribeTableCommandOutput> {
      asked.push(TableName);
      const keys = described[TableName] ?? serviceError('ResourceNotFoundException', 400);
      if (keys instanceof Error) throw keys;
      const schema = keys.map(
        (AttributeName, n) => ({ AttributeName, KeyType: n === 0 ? 'HASH' : 'RANGE' }) as const,
      );
      // In any order: what counts is the type.
      return { $metadata: {}, Table: { KeySchema: schema.reverse() } };
    },
  };
}

const KNOWN = { UnicornSensorData: ['Name', 'StatusTime'], Rides: ['Name'] };

async function settleBatch(
  records: readonly DynamoDBRecord[],
  keySchemas = createKeySchemas(tables(KNOWN)),
  effort = virtualEffort(20_000),
) {
  const changes = changesIn({ Records: [...records] });
  const write = createDocumentWriter({ client, refresh: 'false' });
  const verdicts = await followTables(changes, { write, keySchemas }, effort);
  const quarantined: string[] = [];
  const settlements = await settle(changes, verdicts, async (refused) => {
    for (const { record, reason } of refused) quarantined.push(`${record.stream}: ${reason}`);
    return { acknowledged: new Set(refused.map(({ record }) => record.sequenceNumber)), reason: undefined };
  });
  return { answer: batchResponse(settlements), verdicts, quarantined };
}

const WELL = { batchItemFailures: [] };
const ID = '[{"S":"Rocinante"},{"S":"2026-01-31 12:00:00.000"}]';

describe('the table indexer', () => {
  it('puts, replaces and removes under the keys in the order of the schema', async () => {
    expect((await settleBatch([change({ n: 1, value: 1 })])).answer).toEqual(WELL);
    const documents = () => search.store.documents(INDEX);
    expect([...documents()]).toEqual([
      [ID, { Name: 'Rocinante', StatusTime: '2026-01-31 12:00:00.000', Readings: 1 }],
    ]);
    await settleBatch([change({ n: 2, value: 2 }), change({ n: 3, minute: 1, value: 1 })]);
    expect(documents().get(ID)).toMatchObject({ Readings: 2 });
    await settleBatch([change({ n: 4 })]);
    expect([...documents().keys()]).toEqual(['[{"S":"Rocinante"},{"S":"2026-01-31 12:01:00.000"}]']);
  });

  it('does not bring back what was removed when an older change comes again', async () => {
    await settleBatch([change({ n: 1, value: 1 }), change({ n: 2 })]);
    expect((await settleBatch([change({ n: 1, value: 1 })])).answer).toEqual(WELL);
    expect(search.store.documents(INDEX).size).toBe(0);
  });

  it('does not let what comes late be seen at all', async () => {
    await settleBatch([change({ n: 2 })]);
    await settleBatch([change({ n: 1, value: 1 })]);
    expect(search.store.documents(INDEX).size).toBe(0);
  });

  it('serves several tables in one batch, each with its own keys, and asks for them once', async () => {
    const described = tables(KNOWN);
    const keySchemas = createKeySchemas(described);
    const rides = change({ n: 2, value: 1, table: 'Rides' });
    delete rides.dynamodb!.Keys!.StatusTime;
    await settleBatch([change({ n: 1, value: 1 }), rides, change({ n: 3, value: 2 })], keySchemas);
    await settleBatch([change({ n: 4, value: 3 })], keySchemas);
    expect(described.asked).toEqual(['UnicornSensorData', 'Rides']);
    expect([...search.store.documents('rides').keys()]).toEqual(['[{"S":"Rocinante"}]']);
  });

  it('asks anew when another table took the place of the one that is remembered', async () => {
    const described: Record<string, readonly string[]> = { UnicornSensorData: ['Name'] };
    const keySchemas = createKeySchemas(tables(described));
    expect((await settleBatch([change({ n: 1, value: 1 })], keySchemas)).quarantined).toEqual([
      'UnicornSensorData: the keys must be those of table UnicornSensorData, Name (given StatusTime and Name)',
    ]);
    described.UnicornSensorData = ['Name', 'StatusTime'];
    expect((await settleBatch([change({ n: 2, value: 1 })], keySchemas)).verdicts).toEqual([
      { outcome: 'handled' },
    ]);
  });

  it('refuses a change that does not show the item, and says what the stream must show', async () => {
    const bare = change({ n: 1, value: 1 });
    delete bare.dynamodb!.NewImage;
    bare.dynamodb!.StreamViewType = 'KEYS_ONLY';
    const { answer, quarantined } = await settleBatch([bare, change({ n: 2 })]);
    expect(answer).toEqual(WELL);
    expect(quarantined).toEqual([
      "UnicornSensorData: the table's stream must be of NEW_IMAGE or NEW_AND_OLD_IMAGES (given KEYS_ONLY)",
    ]);
  });

  it('refuses changes of a table that is gone, and lets those wait that DynamoDB does not tell about now', async () => {
    const changes = [change({ n: 1, value: 1 })];
    expect((await settleBatch(changes, createKeySchemas(tables({})))).quarantined).toEqual([
      'UnicornSensorData: the table UnicornSensorData is gone',
    ]);
    const throttled = createKeySchemas(
      tables({ UnicornSensorData: serviceError('ThrottlingException', 400) }),
    );
    expect((await settleBatch(changes, throttled)).answer).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumberOf(STREAM, 1) }],
    });
  });

  it.each([
    {},
    { Records: [{}] },
    { Records: [{ kinesis: {} }] },
    { Records: [{ eventName: 'INSERT', dynamodb: {} }] },
  ])('wants the event of a table: %j', (event) => {
    expect(() => changesIn(event as never)).toThrow(/must be one of a DynamoDB stream/);
  });

  it('comes to what the table is, however changes are cut, repeated, shuffled across keys, and whatever fails', async () => {
    const step = fc.record({
      key: fc.nat({ max: 3 }),
      value: fc.option(fc.nat({ max: 9 }), { nil: undefined, freq: 2 }),
    });
    const plan = fc.record({
      steps: fc.array(step, { minLength: 1, maxLength: 14 }),
      order: fc.array(fc.nat(), { minLength: 14, maxLength: 14 }),
      cuts: fc.array(fc.nat({ max: 14 }), { maxLength: 4 }),
      repeated: fc.array(fc.tuple(fc.nat({ max: 14 }), fc.nat({ max: 14 })), { maxLength: 3 }),
      faults: fc.array(fc.constantFrom(...SEARCH_FAULTS), { maxLength: 12 }),
    });
    const name = (key: number) => `unicorn ${key}`;
    await fc.assert(
      fc.asyncProperty(plan, async ({ steps, order, cuts, repeated, faults }) => {
        search.store.indices.clear();
        search.faults.splice(0, search.faults.length, ...faults);
        const table = new Map<string, number>();
        for (const { key, value } of steps) {
          if (value === undefined) table.delete(name(key));
          else table.set(name(key), value);
        }
        // Changes of one item stay in order, others pass each other.
        const changes = steps.map(({ key, value }, n) => ({
          key,
          record: change({ n: n + 1, name: name(key), value }),
        }));
        const places = changes.map((_, at) => at).sort((a, b) => order[a]! - order[b]!);
        const queues = new Map<number, DynamoDBRecord[]>();
        for (const { key, record } of changes) queues.set(key, [...(queues.get(key) ?? []), record]);
        const shuffled = places.map((at) => queues.get(changes[at]!.key)!.shift()!);

        const keySchemas = createKeySchemas(tables(KNOWN));
        const deliver = async (records: readonly DynamoDBRecord[]) => {
          let rest = records;
          for (let delivery = 0; rest.length > 0 && delivery < 20; delivery++) {
            const [first] = (await settleBatch(rest, keySchemas)).answer.batchItemFailures;
            const from = rest.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === first?.itemIdentifier);
            rest = first === undefined ? [] : rest.slice(Math.max(0, from));
          }
        };
        const bounds = [0, ...cuts, shuffled.length].sort((a, b) => a - b);
        for (const [at, from] of bounds.entries()) await deliver(shuffled.slice(from, bounds[at + 1]));
        // Once more, older ones and removed ones too, after everything else.
        for (const [from, length] of repeated) await deliver(shuffled.slice(from, from + length));

        const found = [...search.store.documents(INDEX).values()].map(({ Name, Readings }) => [
          Name,
          Readings,
        ]);
        expect(new Map(found as [string, number][])).toEqual(table);
      }),
      { numRuns: 60 },
    );
  });
});
