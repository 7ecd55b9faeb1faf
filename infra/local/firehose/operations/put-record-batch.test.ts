import { PutRecordBatchCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import { afterEach, describe, expect, it } from 'vitest';
import { FirehoseFixture } from '../fixture.ts';

const fixture = new FirehoseFixture();
afterEach(() => fixture.closeAll());

const batch = (...sizes: number[]) =>
  new PutRecordBatchCommand({
    DeliveryStreamName: 'likes',
    Records: sizes.map((size) => ({ Data: Buffer.alloc(size, 'x') })),
  });

describe('PutRecord and PutRecordBatch', () => {
  it('answer an id for each record', async () => {
    const { client, create } = await fixture.openFirehose();
    await create();
    const one = await client.send(
      new PutRecordCommand({ DeliveryStreamName: 'likes', Record: { Data: Buffer.from('a') } }),
    );
    expect(one).toMatchObject({ RecordId: expect.stringMatching(/^\d{56}$/), Encrypted: false });
    const { FailedPutCount, RequestResponses = [] } = await client.send(batch(1, 0, 3));
    expect(FailedPutCount).toBe(0);
    const ids = [one, ...RequestResponses].map(({ RecordId }) => RecordId);
    expect(new Set(ids).size).toBe(4);
  });

  it('take 500 records and 4 MiB, and no more', async () => {
    const { client, create } = await fixture.openFirehose();
    await create();
    await client.send(batch(...Array<number>(500).fill(1)));
    await client.send(batch(...Array<number>(4).fill(1_024_000), 4 * 1024 * 1024 - 4 * 1_024_000));
    await expect(client.send(batch(...Array<number>(501).fill(1)))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(
        "'records' failed to satisfy constraint: Member must have length less than or equal to 500",
      ),
    });
    await expect(
      client.send(batch(...Array<number>(4).fill(1_024_000), 4 * 1024 * 1024 - 4 * 1_024_000 + 1)),
    ).rejects.toMatchObject({
      name: 'InvalidArgumentException',
      message: expect.stringContaining('4 MB limit'),
    });
  });

  it('refuse a record of more than 1,000 KiB, and no records', async () => {
    const { client, create } = await fixture.openFirehose();
    await create();
    await expect(client.send(batch(1_024_001))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('less than or equal to 1024000'),
    });
    await expect(client.send(batch())).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('do not find a delivery stream that does not exist', async () => {
    const { client } = await fixture.openFirehose();
    await expect(client.send(batch(1))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
