import {
  CreateStreamCommand,
  KinesisClient,
  RegisterStreamConsumerCommand,
  SubscribeToShardCommand,
} from '@aws-sdk/client-kinesis';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../../telemetry/clock.ts';
import { startCloud } from '../../cloud.ts';
import { sdkConfig } from '../../gateway/fixture.ts';
import { Reader } from './fixture.ts';

test('subscriptions end properly when the cloud closes, not cut off by it', async () => {
  const cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  onTestFinished(() => cloud.close());
  const client = new KinesisClient(sdkConfig(cloud));
  onTestFinished(() => client.destroy());
  await client.send(new CreateStreamCommand({ StreamName: 's', ShardCount: 1 }));
  const StreamARN = cloud.kinesis.stream('s')!.streamArn;
  const { Consumer } = await client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'c' }));
  const { EventStream } = await client.send(
    new SubscribeToShardCommand({
      ConsumerARN: Consumer!.ConsumerARN,
      ShardId: 'shardId-000000000000',
      StartingPosition: { Type: 'LATEST' },
    }),
  );
  const reader = new Reader(EventStream!);
  expect(await reader.event()).toMatchObject({ Records: [] });
  const closed = cloud.close();
  expect(await reader.event()).toBeUndefined();
  client.destroy();
  await closed;
});
