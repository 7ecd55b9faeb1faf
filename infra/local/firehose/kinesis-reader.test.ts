import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeDeliveryStreamCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../telemetry/clock.ts';
import { createKinesis, type KinesisService } from '../kinesis/service.ts';
import { DESTINATION, FirehoseFixture, type OpenedFirehose, PROCESSING } from './fixture.ts';
import type { FirehoseOptions } from './service.ts';

const fixture = new FirehoseFixture();
let folder: string;
let kinesis: KinesisService;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-firehose-'));
  kinesis = await createKinesis({ folder: null, clock: systemClock });
  await call('CreateStream', { StreamName: 'rides', ShardCount: 1 });
});
afterEach(async () => {
  await fixture.closeAll();
  await kinesis.close();
  rmSync(folder, { recursive: true, force: true });
});

const ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/rides';
const SHARD = 'shardId-000000000000';

async function call(operation: string, input: object): Promise<void> {
  const body = Buffer.from(JSON.stringify(input));
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  const answer = await kinesis.handle({ method: 'POST', path: '/', headers, region: '', operation, body });
  if (answer.status !== 200) throw new Error(String(answer.body));
}

const ride = (text: string, PartitionKey = 'Rocinante') =>
  call('PutRecord', { StreamName: 'rides', PartitionKey, Data: Buffer.from(text).toString('base64') });

async function open(options: Partial<FirehoseOptions> = {}): Promise<OpenedFirehose> {
  return fixture.openFirehose(folder, {
    findStream: (arn) => (arn === ARN ? kinesis.stream('rides') : undefined),
    ...options,
  });
}

const create = (opened: OpenedFirehose, destination = {}) =>
  opened.create(destination, {
    DeliveryStreamType: 'KinesisStreamAsSource',
    KinesisStreamSourceConfiguration: { KinesisStreamARN: ARN, RoleARN: DESTINATION.RoleARN },
  });

const text = ({ objects }: OpenedFirehose) => objects.map(({ body }) => body.toString()).join('');

describe('a delivery stream that reads a stream', () => {
  it('delivers what comes after its creation, and takes nothing else', async () => {
    const opened = await open();
    await ride('before ');
    await create(opened);
    await ride('one ');
    await ride('two ', 'Shadowfax');
    await expect.poll(() => text(opened)).toBe('one two ');
    const put = new PutRecordCommand({ DeliveryStreamName: 'likes', Record: { Data: Buffer.from('x') } });
    await expect(opened.client.send(put)).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    const describeIt = new DescribeDeliveryStreamCommand({ DeliveryStreamName: 'likes' });
    expect((await opened.client.send(describeIt)).DeliveryStreamDescription).toMatchObject({
      DeliveryStreamType: 'KinesisStreamAsSource',
      Source: { KinesisStreamSourceDescription: { KinesisStreamARN: ARN } },
    });
  });

  it('goes on where it stopped, and leaves nothing out', async () => {
    const first = await open();
    await create(first);
    await fixture.closeAll();
    await ride('one ');
    const second = await open({ putObject: async () => Promise.reject(new Error('no bucket')) });
    await ride('two ');
    await expect.poll(() => second.log.length).toBe(1);
    await fixture.closeAll();
    await ride('three ');
    const third = await open();
    await expect.poll(() => text(third)).toBe('one two three ');
    await fixture.closeAll();
    const fourth = await open();
    await ride('four ');
    await expect.poll(() => text(fourth)).toBe('four ');
  });

  it('follows a split', async () => {
    const opened = await open();
    await create(opened);
    await call('SplitShard', {
      StreamName: 'rides',
      ShardToSplit: SHARD,
      NewStartingHashKey: `${2n ** 127n}`,
    });
    const names = Array.from({ length: 10 }, (_, i) => `unicorn-${i} `);
    for (const name of names) await ride(name, name);
    await expect.poll(() => text(opened).length).toBe(names.join('').length);
    expect(text(opened).split(' ').filter(Boolean).sort()).toEqual(names.map((name) => name.trim()).sort());
  });

  it('tells its function where records came from', async () => {
    const records: unknown[] = [];
    const opened = await open({
      invoke: async (_arn, event) => {
        records.push(event);
        return { records: [] };
      },
    });
    await create(opened, { ProcessingConfiguration: PROCESSING });
    await ride('one');
    await expect
      .poll(() => records)
      .toMatchObject([
        {
          sourceKinesisStreamArn: ARN,
          records: [
            {
              kinesisRecordMetadata: {
                shardId: SHARD,
                partitionKey: 'Rocinante',
                sequenceNumber: expect.stringMatching(/^\d+$/),
              },
            },
          ],
        },
      ]);
  });
});
