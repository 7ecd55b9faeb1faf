import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  PutItemCommand,
  type StreamViewType,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { createStore } from '../dynalite.ts';
import { DynamoDBFixture, ridesTable, setStream } from '../fixture.ts';
import type { WriteOperation } from '../writes.ts';
import { captureInto } from './capture.ts';
import { TableStreams } from './table-streams.ts';

const fixture = new DynamoDBFixture();
afterEach(() => fixture.closeAll());

const TableName = 'Rides';
const Key = { Name: { S: 'Rocinante' }, step: { N: '1' } };
const put = (more: object = {}) => new PutItemCommand({ TableName, Item: { ...Key, ...more } });
const remove = () => new DeleteItemCommand({ TableName, Key });

async function openWith(view: StreamViewType | undefined, more: object = {}) {
  const opened = await fixture.open();
  await opened.client.send(ridesTable(view, more));
  return opened;
}

describe('a change', () => {
  it('is told as AWS tells it', async () => {
    const { client, reader } = await openWith('NEW_AND_OLD_IMAGES');
    await client.send(put({ distance: { N: '1.50' } }));
    fixture.now += 1_500;
    await client.send(put({ distance: { N: '2' } }));
    await client.send(remove());
    const [arn = ''] = await reader.arns();
    const common = { eventVersion: '1.1', eventSource: 'aws:dynamodb', awsRegion: 'us-east-1' };
    const first = { ...Key, distance: { N: '1.5' } };
    const second = { ...Key, distance: { N: '2' } };
    const about = {
      Keys: Key,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      SequenceNumber: expect.stringMatching(/^\d{28}$/),
    };
    const records = await reader.from(await reader.iterator(arn));
    expect(records).toEqual([
      {
        ...common,
        eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventName: 'INSERT',
        dynamodb: {
          ...about,
          ApproximateCreationDateTime: new Date('2026-01-01T00:00:00Z'),
          NewImage: first,
          SizeBytes: 19 + (19 + 11),
        },
      },
      {
        ...common,
        eventID: expect.any(String),
        eventName: 'MODIFY',
        dynamodb: {
          ...about,
          ApproximateCreationDateTime: new Date('2026-01-01T00:00:01Z'),
          NewImage: second,
          OldImage: first,
          SizeBytes: 19 + (19 + 10) + (19 + 11),
        },
      },
      {
        ...common,
        eventID: expect.any(String),
        eventName: 'REMOVE',
        dynamodb: {
          ...about,
          ApproximateCreationDateTime: new Date('2026-01-01T00:00:01Z'),
          OldImage: second,
          SizeBytes: 19 + (19 + 10),
        },
      },
    ]);
    expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(3);
    const numbers = records.map(({ dynamodb }) => BigInt(dynamodb!.SequenceNumber!));
    expect(numbers).toEqual([...numbers].sort((a, b) => (a < b ? -1 : 1)));
  });

  it.each<[StreamViewType, { [event: string]: readonly string[] }]>([
    ['KEYS_ONLY', { INSERT: [], MODIFY: [], REMOVE: [] }],
    ['NEW_IMAGE', { INSERT: ['NewImage'], MODIFY: ['NewImage'], REMOVE: [] }],
    ['OLD_IMAGE', { INSERT: [], MODIFY: ['OldImage'], REMOVE: ['OldImage'] }],
    ['NEW_AND_OLD_IMAGES', { INSERT: ['NewImage'], MODIFY: ['NewImage', 'OldImage'], REMOVE: ['OldImage'] }],
  ])('shows what %s promises', async (view, images) => {
    const { client, reader } = await openWith(view);
    await client.send(put({ a: { S: 'x' } }));
    await client.send(put({ a: { S: 'y' } }));
    await client.send(remove());
    const shown = (await reader.all()).map(({ eventName, dynamodb }) => {
      expect(dynamodb).toMatchObject({ Keys: Key, StreamViewType: view });
      return [eventName, Object.keys(dynamodb!).filter((name) => name.endsWith('Image'))];
    });
    expect(Object.fromEntries(shown)).toEqual(images);
  });
});

describe('writes that change nothing leave no record:', () => {
  it.each([
    ['the same item put again', put({ tags: { SS: ['a', 'b'] }, n: { N: '1' } })],
    ['said in another order', put({ n: { N: '1.0' }, tags: { SS: ['b', 'a'] } })],
    [
      'an update to what is there',
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'SET n = :n',
        ExpressionAttributeValues: { ':n': { N: '1' } },
      }),
    ],
    ['an update of nothing', new UpdateItemCommand({ TableName, Key })],
    [
      'the deletion of what is not there',
      new DeleteItemCommand({ TableName, Key: { ...Key, step: { N: '2' } } }),
    ],
  ])('%s', async (_, command) => {
    const { client, reader } = await openWith('KEYS_ONLY');
    await client.send(put({ n: { N: '1' }, tags: { SS: ['a', 'b'] } }));
    await client.send(command as PutItemCommand);
    expect((await reader.all()).map(({ eventName }) => eventName)).toEqual(['INSERT']);
  });

  it('a condition that fails', async () => {
    const { client, reader } = await openWith('KEYS_ONLY');
    await client.send(put());
    const condition = { ConditionExpression: 'attribute_not_exists(step)' };
    const refused = { name: 'ConditionalCheckFailedException' };
    const commands = [
      new PutItemCommand({ ...put({ a: { S: '' } }).input, ...condition }),
      new DeleteItemCommand({ ...remove().input, ...condition }),
      new UpdateItemCommand({
        TableName,
        Key,
        ...condition,
        UpdateExpression: 'SET a = :a',
        ExpressionAttributeValues: { ':a': { S: '' } },
      }),
    ] as PutItemCommand[];
    for (const command of commands) await expect(client.send(command)).rejects.toMatchObject(refused);
    expect(await reader.all()).toHaveLength(1);
  });
});

describe('every operation that writes', () => {
  it('is captured: updates that create and that change, batches of puts and deletions', async () => {
    const { client, reader } = await openWith('NEW_AND_OLD_IMAGES');
    const count = () =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: 'ADD rides :one REMOVE gone',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        }),
      );
    await count();
    await count();
    const other = { ...Key, step: { N: '2' } };
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: { Rides: [{ PutRequest: { Item: other } }, { DeleteRequest: { Key } }] },
      }),
    );
    const told = (await reader.all()).map(({ eventName, dynamodb }) => [
      eventName,
      dynamodb?.Keys?.step?.N,
      dynamodb?.OldImage?.rides?.N,
      dynamodb?.NewImage?.rides?.N,
    ]);
    expect(told.slice(0, 2)).toEqual([
      ['INSERT', '1', undefined, '1'],
      ['MODIFY', '1', '1', '2'],
    ]);
    expect(told.slice(2).sort()).toEqual([
      ['INSERT', '2', undefined, undefined],
      ['REMOVE', '1', '2', undefined],
    ]);
  });

  it('is captured once where the table has indexes', async () => {
    const keys = (...names: string[]) =>
      names.map((AttributeName, i) => ({
        AttributeName,
        KeyType: i === 0 ? ('HASH' as const) : ('RANGE' as const),
      }));
    const index = (IndexName: string, ...names: string[]) => ({
      IndexName,
      KeySchema: keys(...names),
      Projection: { ProjectionType: 'ALL' as const },
    });
    const { client, reader } = await openWith('KEYS_ONLY', {
      AttributeDefinitions: [
        { AttributeName: 'Name', AttributeType: 'S' },
        { AttributeName: 'step', AttributeType: 'N' },
        { AttributeName: 'color', AttributeType: 'S' },
      ],
      LocalSecondaryIndexes: [index('ByColor', 'Name', 'color')],
      GlobalSecondaryIndexes: [index('Colors', 'color')],
    });
    await client.send(put({ color: { S: 'white' } }));
    await client.send(put({ color: { S: 'black' } }));
    await client.send(remove());
    expect((await reader.all()).map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
  });

  it('is captured in the order of the item, however many write it at once', async () => {
    const { client, reader } = await openWith('NEW_AND_OLD_IMAGES');
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        n % 3 === 0 ? client.send(remove()) : client.send(put({ n: { N: String(n) } })),
      ),
    );
    let before: object | undefined;
    for (const { dynamodb } of await reader.all()) {
      expect(dynamodb?.OldImage).toEqual(before);
      before = dynamodb?.NewImage;
    }
  });

  it('goes to the stream of its own table only', async () => {
    const { client, reader } = await openWith('KEYS_ONLY');
    for (const other of ['Rides2', 'Rid']) await client.send(ridesTable('KEYS_ONLY', { TableName: other }));
    await client.send(ridesTable(undefined, { TableName: 'Plain' }));
    for (const name of ['Rides2', 'Plain', 'Rides']) {
      await client.send(new PutItemCommand({ TableName: name, Item: Key }));
    }
    expect(await reader.all('Rides')).toHaveLength(1);
    expect(await reader.all('Rides2')).toHaveLength(1);
    expect(await reader.all('Rid')).toHaveLength(0);
    expect(await reader.arns('Plain')).toEqual([]);
  });
});

describe('one batch of the database', () => {
  it('may write an item again and again, and each write is told', async () => {
    const log: string[] = [];
    const streams = new TableStreams({ now: () => 1, tailBytes: 1_000_000, log: (line) => log.push(line) });
    const { db } = createStore(null, captureInto(streams));
    await db.open();
    await streams.attach(db);
    const write = (n: number): WriteOperation => ({
      type: 'put',
      key: 'item-Rides~a',
      value: { Name: { S: 'a' }, n: { N: String(n) } },
    });
    const table = (more: object): WriteOperation => ({
      type: 'put',
      key: 'table~Rides',
      value: {
        TableName: 'Rides',
        TableStatus: 'ACTIVE',
        KeySchema: [{ AttributeName: 'Name', KeyType: 'HASH' }],
        LatestStreamLabel: '2026-01-01T00:00:00.000',
        ...more,
      },
    });
    const on = { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } };
    const gone: WriteOperation = { type: 'del', key: 'item-Rides~a' };
    await db.batch([write(0), table(on), write(1), write(1), gone, gone, write(2), table({}), write(3)]);
    const [stream] = streams.all();
    const records = (await stream?.read(0, 9, 1_000_000)) ?? [];
    const told = records.map(({ data }) => {
      const { eventName, dynamodb } = JSON.parse(data.toString());
      return [eventName, dynamodb.OldImage?.n.N, dynamodb.NewImage?.n.N];
    });
    expect(told).toEqual([
      ['MODIFY', '0', '1'],
      ['REMOVE', '1', undefined],
      ['INSERT', undefined, '2'],
    ]);
    expect(stream?.closed).toBe(true);
    expect(streams.anyOpen).toBe(false);
    await db.close();
    expect(log).toEqual([]);
  });
});

describe('a stream', () => {
  it('takes changes only while it is on, and is read to its end afterwards', async () => {
    const { client, reader } = await openWith(undefined);
    await client.send(put({ n: { N: '0' } }));
    await client.send(setStream('NEW_AND_OLD_IMAGES'));
    await client.send(put({ n: { N: '1' } }));
    await client.send(setStream(undefined));
    await client.send(put({ n: { N: '2' } }));
    await client.send(setStream('NEW_IMAGE'));
    await client.send(put({ n: { N: '3' } }));

    const [first = '', second = ''] = await reader.arns();
    expect(await reader.describe(first)).toMatchObject({
      StreamStatus: 'DISABLED',
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    });
    expect(await reader.describe(second)).toMatchObject({
      StreamStatus: 'ENABLED',
      StreamViewType: 'NEW_IMAGE',
    });
    const old = await reader.from(await reader.iterator(first));
    const current = await reader.from(await reader.iterator(second));
    const images = (records: typeof old) =>
      records.map(({ dynamodb }) => [dynamodb?.OldImage?.n?.N, dynamodb?.NewImage?.n?.N]);
    expect(images(old)).toEqual([['0', '1']]);
    expect(images(current)).toEqual([[undefined, '3']]);
    expect(BigInt(old[0]!.dynamodb!.SequenceNumber!)).toBeLessThan(
      BigInt(current[0]!.dynamodb!.SequenceNumber!),
    );
  });

  it('ends with its table, whose deletion is no change of items; the next table has another', async () => {
    const { client, reader } = await openWith('KEYS_ONLY');
    await client.send(put());
    await client.send(new DeleteTableCommand({ TableName }));
    const [arn = ''] = await reader.arns();
    expect(await reader.describe(arn)).toMatchObject({ StreamStatus: 'DISABLED' });
    expect(await reader.from(await reader.iterator(arn))).toHaveLength(1);
    await client.send(ridesTable('KEYS_ONLY'));
    expect(await reader.arns()).toHaveLength(2);
    expect(await reader.all()).toEqual([]);
  });
});
