import { BatchWriteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetRecordsCommand } from '@aws-sdk/client-dynamodb-streams';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamoDBFixture, ridesTable, setStream } from '../fixture.ts';

const fixture = new DynamoDBFixture();
afterEach(() => fixture.closeAll());

async function openStream(options: Parameters<typeof fixture.open>[0] = {}) {
  const opened = await fixture.open(options);
  const { client, reader } = opened;
  await client.send(ridesTable('NEW_IMAGE'));
  const put = (step: number, filling = '') => ({
    Item: { Name: { S: 'Rocinante' }, step: { N: String(step) }, filling: { S: filling } },
  });
  return {
    ...opened,
    put: (step: number, filling?: string) =>
      client.send(new PutItemCommand({ TableName: 'Rides', ...put(step, filling) })),
    /** Puts items with steps from 0 on. */
    async putMany(count: number) {
      for (let start = 0; start < count; start += 25) {
        const steps = Array.from({ length: Math.min(25, count - start) }, (_, i) => start + i);
        const Rides = steps.map((step) => ({ PutRequest: put(step) }));
        await client.send(new BatchWriteItemCommand({ RequestItems: { Rides } }));
      }
    },
    iterator: async () => reader.iterator((await reader.arns()).at(-1) ?? ''),
  };
}

describe('records are given', () => {
  it('up to a thousand, from memory and from the database alike', async () => {
    const texts: string[] = [];
    for (const tailBytes of [4 * 1024 * 1024, 0]) {
      const { reader, iterator, putMany } = await openStream({ tailBytes });
      await putMany(1_010);
      const first = await reader.get(await iterator());
      const rest = await reader.get(first.next ?? '');
      expect([first.records.length, rest.records.length]).toEqual([1_000, 10]);
      const limited = await reader.get(await iterator(), 7);
      expect(limited.records).toEqual(first.records.slice(0, 7));
      // In one batch, the items' order is the database's.
      texts.push(JSON.stringify([...first.records, ...rest.records]));
      fixture.now += 1_000;
    }
    const neutral = (text = '') =>
      text.replace(/"(eventID|SequenceNumber|ApproximateCreationDateTime)":"[^"]*"/g, '');
    expect(neutral(texts[1])).toBe(neutral(texts[0]));
  });

  it.each([4 * 1024 * 1024, 0])(
    'up to a megabyte, but one at least (%i bytes in memory)',
    async (tailBytes) => {
      const { reader, iterator, put } = await openStream({ tailBytes });
      for (let step = 0; step < 4; step++) await put(step, 'x'.repeat(400_000));
      // Control characters take six bytes each in JSON.
      await put(4, '\u0001'.repeat(400_000));
      const counts: number[] = [];
      for (let at: string | undefined = await iterator(); counts.at(-1) !== 0; ) {
        const { records, next } = await reader.get(at ?? '');
        counts.push(records.length);
        at = next;
      }
      expect(counts).toEqual([2, 2, 1, 0]);
    },
  );

  it('of whatever attributes, as they were written', async () => {
    const { client, reader } = await openStream({ tailBytes: 0 });
    const Item = {
      Name: { S: '🦄 "\u0000\\' },
      step: { N: '-12345678901234567890123456789012345678' },
      constructor: { S: '' },
      binary: { B: Uint8Array.from([0, 255]) },
      nested: { M: { list: { L: [{ NULL: true as const }, { BOOL: false }, { NS: ['1', '2'] }] } } },
    };
    await client.send(new PutItemCommand({ TableName: 'Rides', Item }));
    const [record] = await reader.all();
    expect(record?.dynamodb?.NewImage).toEqual(Item);
  });
});

describe('the next iterator', () => {
  it('waits for what is to come, and ends with a stream that is off', async () => {
    const { client, reader, iterator, put } = await openStream();
    const empty = await reader.get(await iterator());
    expect(empty.records).toEqual([]);
    await put(0);
    await put(1);
    const one = await reader.get(empty.next ?? '', 1);
    await client.send(setStream(undefined));
    const last = await reader.get(one.next ?? '');
    expect(last.records).toHaveLength(1);
    expect(last.next).toBeUndefined();
  });

  it('is good for a quarter of an hour', async () => {
    const { reader, iterator } = await openStream();
    const at = await iterator();
    fixture.monotonic += 15 * 60 * 1000;
    await reader.get(at);
    fixture.monotonic += 1;
    await expect(reader.get(at)).rejects.toMatchObject({ name: 'ExpiredIteratorException' });
  });

  it('is refused once its place was deleted', async () => {
    const { reader, iterator, put } = await openStream();
    await put(0);
    const at = await iterator();
    fixture.now += 24 * 60 * 60 * 1000 + 1;
    await expect(reader.get(at)).rejects.toMatchObject({ name: 'TrimmedDataAccessException' });
    expect((await reader.get(await iterator())).records).toEqual([]);
  });
});

describe('a request is refused', () => {
  it.each([
    ['Invalid ShardIterator', { ShardIterator: 'sdfsdfsgagaddafgagasgasgasdfasdfasdfasdfasdgasdasdgasdg' }],
    ['Invalid ShardIterator', { ShardIterator: '__proto__' }],
    ["'shardIterator' failed", { ShardIterator: undefined }],
    ["'shardIterator' failed", { ShardIterator: 'x'.repeat(2_049) }],
    ["'limit' failed", { ShardIterator: 'x', Limit: 0 }],
    ["'limit' failed", { ShardIterator: 'x', Limit: 1_001 }],
  ])('with %s', async (message, input) => {
    const { streams } = await openStream();
    await expect(streams.send(new GetRecordsCommand(input))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });
});
