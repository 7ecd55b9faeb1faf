import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bench, base64, bench } from '../fixture.ts';
import type { KinesisOptions } from '../service.ts';

async function stream(ShardCount = 1, options: Partial<KinesisOptions> = {}): Promise<Bench> {
  const b = await bench(options);
  b.ok('CreateStream', { StreamName: 's', ShardCount });
  return b;
}

const good = { PartitionKey: 'k', Data: base64('data') };

function put(b: Bench, ...Records: readonly unknown[]) {
  return b.call('PutRecords', { StreamName: 's', Records });
}

function stored(b: Bench): number {
  return b.kinesis.stream('s')!.shards.reduce((sum, shard) => sum + shard.next, 0);
}

test('answers every record in order, with numbers that rise in each shard', async () => {
  const b = await stream(4);
  const key = fc.string({ minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(fc.record({ key, data: fc.string() }), { minLength: 1, maxLength: 30 }),
      (records) => {
        const { body } = put(
          b,
          ...records.map(({ key: PartitionKey, data }) => ({ PartitionKey, Data: base64(data) })),
        );
        expect(body.FailedRecordCount).toBe(0);
        expect(body.Records).toHaveLength(records.length);
        const last = new Map<string, bigint>();
        for (const [i, { ShardId, SequenceNumber }] of body.Records.entries()) {
          const { key: partitionKey, data } = records[i]!;
          // Quarters of the hash keys: the first two bits of the MD5.
          const quarter = createHash('md5').update(partitionKey).digest()[0]! >> 6;
          expect(ShardId).toBe(`shardId-00000000000${quarter}`);
          expect(BigInt(SequenceNumber)).toBeGreaterThan(last.get(ShardId) ?? 0n);
          last.set(ShardId, BigInt(SequenceNumber));
          const shard = b.kinesis.stream('s')!.shards[quarter]!;
          const [record] = shard.read(shard.indexOf(SequenceNumber)!, 1, 1e6);
          expect([record!.partitionKey, record!.data.toString()]).toEqual([
            Buffer.from(partitionKey).toString(),
            Buffer.from(data).toString(),
          ]);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('takes the stream by ARN, and explicit hash keys', async () => {
  const b = await stream(2);
  const { body } = b.call('PutRecords', {
    StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
    Records: [
      { ...good, ExplicitHashKey: String(2n ** 128n - 1n) },
      { ...good, PartitionKey: 'a', ExplicitHashKey: null }, // MD5 0cc1...
      { ...good, ExplicitHashKey: '0' },
    ],
  });
  expect(body.Records.map(({ ShardId }: { ShardId: string }) => ShardId.at(-1))).toEqual(['1', '0', '0']);
});

test.each([
  ['first', 0],
  ['in the middle', 2],
  ['last', 4],
])('stores nothing when a bad record comes %s', async (_, at) => {
  const b = await stream(2);
  const bad: readonly [unknown, string][] = [
    [{ ...good, Data: 'x' }, 'SerializationException'],
    [{ ...good, Data: 'AA*=' }, 'SerializationException'],
    [{ ...good, Data: 7 }, 'SerializationException'],
    [{ ...good, PartitionKey: '' }, 'ValidationException'],
    [{ ...good, PartitionKey: 'k'.repeat(257) }, 'ValidationException'],
    [{ ...good, ExplicitHashKey: 'x' }, 'ValidationException'],
    [{ ...good, ExplicitHashKey: String(2n ** 128n) }, 'InvalidArgumentException'],
    [{ ...good, Data: Buffer.alloc(1_048_577).toString('base64') }, 'ValidationException'],
    [{ ...good, Data: Buffer.alloc(1_048_576).toString('base64') }, 'InvalidArgumentException'],
    [{ PartitionKey: 'k' }, 'ValidationException'],
    [{ Data: '' }, 'ValidationException'],
    [null, 'ValidationException'],
    ['text', 'SerializationException'],
    [[], 'SerializationException'],
  ];
  for (const [record, type] of bad) {
    const reply = put(
      b,
      ...Array.from({ length: 5 }, (_, i) => (i === at ? record : { ...good, PartitionKey: `k${i}` })),
    );
    expect(reply.status).toBe(400);
    expect(reply.body.__type).toBe(type);
  }
  expect(stored(b)).toBe(0);
  expect(put(b, good).status).toBe(200);
  expect(stored(b)).toBe(1);
});

test('names the record at fault', async () => {
  const b = await stream();
  expect(put(b, good, { ...good, Data: Buffer.alloc(2 * 1024 * 1024).toString('base64') }).body.message).toBe(
    "1 validation error detected: Value at 'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to 1048576",
  );
});

test('takes 1 to 500 records and 10 MiB', async () => {
  const b = await stream();
  expect(put(b, ...Array(500).fill(good)).status).toBe(200);
  expect(put(b, ...Array(501).fill(good)).body.message).toBe(
    "1 validation error detected: Value at 'records' failed to satisfy constraint: Member must have length less than or equal to 500",
  );
  expect(put(b).body.message).toMatch(
    "at 'records' failed to satisfy constraint: Member must have length greater",
  );
  const mebibyte = { PartitionKey: 'k', Data: Buffer.alloc(1_048_575).toString('base64') };
  expect(put(b, ...Array(10).fill(mebibyte)).status).toBe(200);
  expect(put(b, ...Array(10).fill(mebibyte), { PartitionKey: 'k', Data: '' }).body).toEqual({
    __type: 'InvalidArgumentException',
    message: 'Records size exceeds 10 MB limit',
  });
  expect(stored(b)).toBe(510);
});

test.each([
  [{}, /Value null at 'records' .*Member must not be null$/],
  [{ StreamName: 'none', Records: [good] }, /^Stream none under account 000000000000 not found.$/],
  [{ StreamName: 'none', Records: [] }, /at 'records' failed/],
  [{ StreamName: 'a b', Records: [good] }, /at 'streamName' failed/],
  [{ Records: [good] }, /^Missing StreamName or StreamARN.$/],
  [{ StreamName: 's', Records: {} }, /Start of structure or map/],
  [[], /Start of list/],
  ['7', /Expected a structure/],
])('refuses %j', async (body, message) => {
  const b = await stream();
  const reply = b.call('PutRecords', body);
  expect(reply.status).toBe(400);
  expect(reply.body.message).toMatch(message);
});

test('fails the request when nothing can be written, and works again when it can', async () => {
  let full = false;
  const b = await stream(1, {
    write(fd, buffer, offset, length, position) {
      if (!full) return writeSync(fd, buffer, offset, length, position);
      writeSync(fd, buffer, offset, 10, position);
      throw new Error('ENOSPC: no space left on device, write');
    },
  });
  put(b, good);
  full = true;
  const failure = put(b, good, good);
  expect(failure.status).toBe(500);
  expect(failure.body).toEqual({ __type: 'InternalFailure', message: expect.stringMatching('ENOSPC') });
  expect(b.call('PutRecord', { StreamName: 's', ...good })).toMatchObject({
    status: 500,
    body: { __type: 'InternalFailure' },
  });
  expect(b.logged.join('\n')).toMatch('ENOSPC');
  full = false;
  expect(put(b, good).body.FailedRecordCount).toBe(0);
  expect(stored(b)).toBe(2);
  await b.reopen();
  expect(stored(b)).toBe(2);
});

test('fails only the records of the shard that cannot be written', async () => {
  const writtenTo = new Map<number, number>();
  let broken: number | undefined;
  const b = await stream(2, {
    write(fd, buffer, offset, length, position) {
      if (fd === broken) throw new Error('EIO');
      writtenTo.set(fd, position);
      return writeSync(fd, buffer, offset, length, position);
    },
  });
  const left = { ...good, ExplicitHashKey: '0' };
  const right = { ...good, ExplicitHashKey: String(2n ** 128n - 1n) };
  put(b, left);
  [broken] = [...writtenTo.keys()];
  const { status, body } = put(b, left, right, left, right);
  expect(status).toBe(200);
  const failed = { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal service failure.' };
  const done = { ShardId: 'shardId-000000000001', SequenceNumber: expect.any(String) };
  expect(body).toEqual({ FailedRecordCount: 2, Records: [failed, done, failed, done] });
  broken = undefined;
  expect(put(b, left).body.Records[0].ShardId).toBe('shardId-000000000000');
  expect(stored(b)).toBe(4);
});
