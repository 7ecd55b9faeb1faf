import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type BatchWriteCommand, type BatchWriteCommandOutput, NumberValue } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  FAULTS,
  type Fault,
  serviceError,
  underFault,
  type VirtualEffort,
  virtualEffort,
} from './fixture.ts';
import { createTableWriter, documentsOf, type Put, type WritesItems } from './table-writer.ts';

/** What a request takes in all, here: JSON as the table would count it. */
const SIXTEEN_MB = 16 * 1024 * 1024;

interface Options {
  readonly faults?: readonly Fault[];
  /** Refuses an item for what it holds. */
  readonly refuses?: (item: Item) => boolean;
  /** What any request is answered with. */
  readonly error?: Error;
}

interface Item {
  readonly id: string;
  readonly value: unknown;
}

/** A table of items by id, which minds the limits of a request. */
function fakeTable({ faults = [], refuses = () => false, error }: Options = {}) {
  const items = new Map<string, unknown>();
  const requests: string[][] = [];
  let underWay = 0;
  let most = 0;
  const connect = (effort: VirtualEffort): WritesItems => ({
    async send(command: BatchWriteCommand, { abortSignal }): Promise<BatchWriteCommandOutput> {
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      underWay--;
      const puts = command.input.RequestItems!.table!.map(({ PutRequest }) => PutRequest!.Item as Item);
      const ids = puts.map(({ id }) => id);
      const fault = faults[requests.length] ?? 'none';
      requests.push(ids);
      if (error !== undefined) throw error;
      expect(puts.length).toBeLessThanOrEqual(25);
      expect(JSON.stringify(puts).length).toBeLessThanOrEqual(SIXTEEN_MB);
      expect(new Set(ids).size).toBe(ids.length);
      return underFault(fault, effort, abortSignal, (leave) => {
        if (puts.some(refuses)) throw serviceError('ValidationException', 400, 'Item size has exceeded …');
        for (const { id, value } of puts.slice(leave)) items.set(id, value);
        const undone = puts.slice(0, leave).map((item) => ({ PutRequest: { Item: { ...item } } }));
        return { $metadata: {}, UnprocessedItems: leave === 0 ? {} : { table: undone } };
      });
    },
  });
  return { items, requests, connect, mostUnderWay: () => most };
}

const put = (id: string | number, value: unknown = 0, bytes = 100): Put => ({
  item: { id: String(id), value },
  bytes,
});

function writing(table: ReturnType<typeof fakeTable>, effort = virtualEffort(20_000)) {
  const client = table.connect(effort);
  const write = createTableWriter({ client, tableName: 'table', keyOf: ({ id }) => String(id) });
  return async (puts: readonly Put[]) => (await write(puts, effort)).map(({ outcome }) => outcome);
}

describe('requests', () => {
  it.each([
    [0, []],
    [1, [1]],
    [25, [25]],
    [26, [25, 1]],
    [110, [25, 25, 25, 25, 10]],
  ])('of %i items hold 25 each, and the rest', async (count, sizes) => {
    const table = fakeTable();
    const outcomes = await writing(table)(Array.from({ length: count }, (_, n) => put(n)));
    expect(table.requests.map((ids) => ids.length)).toEqual(sizes);
    expect(outcomes).toEqual(Array(count).fill('handled'));
    expect(table.mostUnderWay()).toBeLessThanOrEqual(4);
  });

  it('stay below 16 MB', async () => {
    const table = fakeTable();
    const bytes = 4 * 1024 * 1024;
    const text = 'x'.repeat(bytes - 100);
    await writing(table)(Array.from({ length: 8 }, (_, n) => put(n, text, bytes)));
    expect(table.requests.map((ids) => ids.length)).toEqual([3, 3, 2]);
    expect(table.items.size).toBe(8);
  });

  it('hold an item alone that is larger than a request may be', async () => {
    const table = fakeTable({ refuses: ({ id }) => id === '1' });
    const outcomes = await writing(table)([put(0), put(1, 0, 2 * SIXTEEN_MB), put(2)]);
    expect(table.requests).toEqual([['0'], ['1'], ['2']]);
    expect(outcomes).toEqual(['handled', 'refused', 'handled']);
  });

  it('are taken apart when they are too large on the way, whatever their items say of themselves', async () => {
    const effort = virtualEffort(1_000);
    const sizes: number[] = [];
    const client: WritesItems = {
      async send({ input }) {
        const count = input.RequestItems!.table!.length;
        sizes.push(count);
        if (count > 1) throw serviceError('RequestEntityTooLargeException', 413);
        return { $metadata: {} };
      },
    };
    const write = createTableWriter({ client, tableName: 'table', keyOf: ({ id }) => String(id) });
    expect(await write([put(1), put(2)], effort)).toEqual([{ outcome: 'handled' }, { outcome: 'handled' }]);
    expect(sizes).toEqual([2, 1, 1]);
  });
});

describe('of several items under one key', () => {
  it('the last is written, and the others settle as it does', async () => {
    const table = fakeTable();
    const puts = [put('a', 1), put('b', 1), put('a', 2), put('a', 3)];
    expect(await writing(table)(puts)).toEqual(Array(4).fill('handled'));
    expect(table.requests).toEqual([['a', 'b']]);
    expect([...table.items]).toEqual([
      ['a', 3],
      ['b', 1],
    ]);
    const broken = fakeTable({ error: serviceError('InternalServerError', 500) });
    expect(await writing(broken)(puts)).toEqual(Array(4).fill('failed'));
  });

  it('one that is refused stands for no other', async () => {
    const table = fakeTable({ refuses: ({ value }) => value === 'bad' });
    const puts = [put('a', 1), put('a', 2), put('a', 'bad'), put('b', 'bad'), put('a', 'bad'), put('c', 1)];
    expect(await writing(table)(puts)).toEqual([
      'handled',
      'handled',
      'refused',
      'refused',
      'refused',
      'handled',
    ]);
    expect([...table.items]).toEqual([
      ['c', 1],
      ['a', 2],
    ]);
  });
});

describe('what is left unprocessed', () => {
  it('is sent again, and nothing else', async () => {
    const table = fakeTable({ faults: ['partial', 'partial'] });
    expect(await writing(table)([put(0), put(1), put(2)])).toEqual(Array(3).fill('handled'));
    expect(table.requests).toEqual([['0', '1', '2'], ['0'], ['0']]);
  });

  it('fails alone when it is never taken', async () => {
    const table = fakeTable({ faults: Array(8).fill('partial') });
    expect(await writing(table)([put(0), put(1), put(2)])).toEqual(['failed', 'handled', 'handled']);
  });

  it('counts as all of the request when it is nothing that was sent', async () => {
    const requests: number[] = [];
    const client: WritesItems = {
      async send({ input }) {
        requests.push(input.RequestItems!.table!.length);
        const strange = [{ PutRequest: { Item: { id: 'spelt otherwise' } } }];
        return { $metadata: {}, UnprocessedItems: requests.length === 1 ? { table: strange } : {} };
      },
    };
    const write = createTableWriter({ client, tableName: 'table', keyOf: ({ id }) => String(id) });
    await write([put(1), put(2)], virtualEffort(1_000));
    expect(requests).toEqual([2, 2]);
  });
});

it('sends again what came back with numbers that are none of JavaScript', async () => {
  const ids: string[][] = [];
  const server = createServer(async (request, response) => {
    const { RequestItems } = JSON.parse(await text(request)) as {
      RequestItems: { table: { PutRequest: { Item: { id: { S: string } } } }[] };
    };
    ids.push(RequestItems.table.map(({ PutRequest }) => PutRequest.Item.id.S));
    const left = RequestItems.table.slice(0, 1);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ UnprocessedItems: ids.length === 1 ? { table: left } : {} }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'dummy', secretAccessKey: 'dummy' },
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  const write = createTableWriter({
    client: documentsOf(client),
    tableName: 'table',
    keyOf: ({ id }) => String(id),
  });
  const effort = { ...virtualEffort(1_000), abortAfter: () => new AbortController().signal };
  expect(await write([put('a', NumberValue.from('9007199254740993.5')), put('b')], effort)).toEqual([
    { outcome: 'handled' },
    { outcome: 'handled' },
  ]);
  expect(ids).toEqual([['a', 'b'], ['a']]);
});

describe('what can never be written', () => {
  it('is refused before it is sent, and keeps no neighbour back', async () => {
    const table = fakeTable();
    const puts = [put(0), { item: { id: '1', value: undefined }, bytes: 1 }, put(2, Number.NaN)];
    const effort = virtualEffort(1_000);
    const write = createTableWriter({
      client: table.connect(effort),
      tableName: 'table',
      keyOf: ({ id }) => String(id),
    });
    const refused = (reason: string) => ({ outcome: 'refused', reason: expect.stringContaining(reason) });
    expect(await write([...puts, put(3, new Date(0)), put(4), put(5, 2 ** 60)], effort)).toEqual([
      { outcome: 'handled' },
      refused('no table can hold it: value must be a value that an attribute can hold (given undefined)'),
      refused('value must be a number'),
      refused('value must be a plain object'),
      { outcome: 'handled' },
      refused('or a NumberValue'),
    ]);
    expect(table.requests).toEqual([['0', '4']]);
  });

  it('is found among its neighbours when it is the table that refuses it', async () => {
    const table = fakeTable({ refuses: ({ id }) => id === '7' || id === '9' });
    const outcomes = await writing(table)(Array.from({ length: 30 }, (_, n) => put(n)));
    expect(outcomes.flatMap((outcome, n) => (outcome === 'handled' ? [] : [[n, outcome]]))).toEqual([
      [7, 'refused'],
      [9, 'refused'],
    ]);
    expect(table.items.size).toBe(28);
  });

  it.each([
    ['ValidationException', 'The provided key element does not match the schema'],
    ['ValidationException', 'One or more parameter values were invalid: Missing the key Name in the item'],
    ['ValidationException', 'One or more parameter values were invalid: Type mismatch for key Name'],
    ['ResourceNotFoundException', 'Requested resource not found'],
    ['AccessDeniedException', 'not authorized to perform dynamodb:BatchWriteItem'],
  ])('is no item of a table that is not as it should be: %s, %s', async (name, message) => {
    const table = fakeTable({ error: serviceError(name, 400, message) });
    expect(await writing(table)([put(0), put(1)])).toEqual(['failed', 'failed']);
    expect(table.requests).toHaveLength(1);
  });
});

describe('the deadline', () => {
  it('leaves as failed what there is no time for', async () => {
    const table = fakeTable({ faults: ['none', 'hangs', 'hangs'] });
    const outcomes = await writing(table, virtualEffort(7_000))(Array.from({ length: 50 }, (_, n) => put(n)));
    expect(outcomes.indexOf('failed')).toBe(25);
    expect(table.items.size).toBe(25);
  });

  it('that has passed lets nothing begin', async () => {
    const table = fakeTable();
    expect(await writing(table, virtualEffort(0))([put(0)])).toEqual(['failed']);
    expect(table.requests).toEqual([]);
  });
});

it('tells of each item what became of it, whatever fails', async () => {
  const puts = fc.array(
    fc.record({
      id: fc.nat(40),
      value: fc.oneof(fc.nat(1_000), fc.constant('bad'), fc.constant(Number.NaN)),
      bytes: fc.constantFrom(100, 100, 100, 6 * 1024 * 1024),
    }),
    { maxLength: 120 },
  );
  const schedule = fc.array(fc.constantFrom(...FAULTS), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(puts, schedule, async (given, faults) => {
      const table = fakeTable({ faults, refuses: ({ value }) => value === 'bad' });
      const outcomes = await writing(
        table,
        virtualEffort(9_000),
      )(given.map(({ id, value, bytes }) => put(id, value, bytes)));

      const last = new Map<string, unknown>();
      for (const { id, value } of given)
        if (typeof value === 'number' && value >= 0) last.set(String(id), value);
      for (const [at, { id, value }] of given.entries()) {
        const isGood = typeof value === 'number' && value >= 0;
        const later = given.slice(at).filter((each) => each.id === id && typeof each.value === 'number');
        if (outcomes[at] === 'refused') expect(isGood).toBe(false);
        if (outcomes[at] === 'handled') {
          expect(later.some((each) => Number(each.value) >= 0)).toBe(true);
          expect(table.items.get(String(id))).toBe(last.get(String(id)));
        }
      }
      if (faults.length === 0) expect(outcomes).not.toContain('failed');
    }),
    { numRuns: 100 },
  );
});
