import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../infra/local/cloud.ts';
import { atLocalPort, clientConfig } from '../infra/target.ts';
import { type SearchDouble, startSearchDouble } from '../processor/search/testing/double.ts';
import { systemClock } from '../telemetry/clock.ts';
import { freePort, wildrydes } from '../test/kit.ts';

const TABLE = 'Rides';

let cloud: Cloud;
let client: DynamoDBClient;
let search: SearchDouble;

beforeAll(async () => {
  cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  search = await startSearchDouble();
  client = new DynamoDBClient(clientConfig(atLocalPort(cloud.port, undefined)));
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'Key', AttributeType: 'B' },
        { AttributeName: 'At', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'Key', KeyType: 'HASH' },
        { AttributeName: 'At', KeyType: 'RANGE' },
      ],
    }),
  );
  // More than a page.
  for (let from = 0; from < 600; from += 50) {
    const ours = Array.from({ length: 50 }, (_, n) => from + n);
    const put = (n: number) =>
      client.send(
        new PutItemCommand({
          TableName: TABLE,
          Item: { Key: { B: Uint8Array.of(n % 256) }, At: { N: String(n) }, Tags: { SS: ['a', 'b'] } },
        }),
      );
    await Promise.all(ours.map(put));
  }
});
beforeEach(() => {
  search.store.indices.clear();
  search.faults.length = 0;
});
afterAll(async () => {
  client?.destroy();
  await cloud?.close();
  await search?.close();
});

const backfill = (...args: string[]) =>
  wildrydes(['backfill', '--port', String(cloud.port), '--search', search.endpoint, ...args]).finished;

describe('wildrydes backfill', () => {
  test('puts a table into its index, however many parts it is read in', async () => {
    for (const more of [[], ['--segments', '4']]) {
      search.store.indices.clear();
      const { status, stdout, stderr } = await backfill('--table', TABLE, ...more);
      expect(stderr).toContain('items');
      expect([status, stdout]).toEqual([0, `600 items of ${TABLE} are in the index at ${search.endpoint}\n`]);
      expect(search.store.documents('rides').size).toBe(600);
    }
    expect(search.store.documents('rides').get('[{"B":"AQ=="},{"N":"257"}]')).toEqual({
      Key: 'AQ==',
      At: 257,
      Tags: ['a', 'b'],
    });
    expect([...search.store.templates.keys()]).toContain('wildrydes-table-rides');
  });

  test('tells where it stopped, and goes on there', async () => {
    search.faults.push('none', ...Array<'broken'>(8).fill('broken'));
    const stopped = await backfill('--table', TABLE);
    expect(stopped.status).toBe(3);
    const token = /--from (\S+)/.exec(stopped.stderr)?.[1] ?? '';
    expect(search.store.documents('rides').size).toBe(500);
    const resumed = await backfill('--table', TABLE, '--from', token);
    expect([resumed.status, resumed.stdout]).toEqual([0, expect.stringContaining('100 items')]);
    expect(search.store.documents('rides').size).toBe(600);
  });

  test.each([
    [['--table', 'Walks'], 3, 'there is no table Walks at'],
    [['--table', 'a/b'], 2, '--table must be 3 to 255 letters'],
    [['--segments', '0'], 2, '--segments must be a whole number from 1 to 64'],
    [['--from', 'nonsense'], 2, '--from must be what an earlier backfill told'],
    [['--search', 'localhost'], 2, 'must be an http or https URL'],
    [['--search', 'http://me:secret@127.0.0.1:1', '--table', TABLE], 3, 'ECONNREFUSED'],
  ])('says what is wrong: %j', async (args, status, message) => {
    const finished = await backfill(...args);
    expect([finished.status, finished.stderr]).toEqual([status, expect.stringContaining(message)]);
    expect(finished.stderr).not.toContain('secret');
  });

  test('says that there is no cloud', async () => {
    const port = String(await freePort());
    const { status, stderr } = await wildrydes(['backfill', '--port', port, '--search', search.endpoint])
      .finished;
    expect([status, stderr]).toEqual([3, expect.stringContaining('./wildrydes start')]);
  });
});
