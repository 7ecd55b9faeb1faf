import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DescribeAccountSettingsCommand,
  DescribeLimitsCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  DisableEnhancedMonitoringCommand,
  EnableEnhancedMonitoringCommand,
  IncreaseStreamRetentionPeriodCommand,
  KinesisClient,
  LimitExceededException,
  ListShardsCommand,
  ListStreamsCommand,
  ListTagsForResourceCommand,
  ListTagsForStreamCommand,
  PutRecordCommand,
  paginateListStreams,
  RemoveTagsFromStreamCommand,
  StartStreamEncryptionCommand,
  StopStreamEncryptionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateMaxRecordSizeCommand,
  UpdateShardCountCommand,
  UpdateStreamModeCommand,
  ValidationException,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { afterEach, expect, test } from 'vitest';
import { startChild } from '../child-fixture.ts';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import { handClock, START, temporaryFolder } from './fixture.ts';
import { HASH_KEYS } from './hash-key.ts';
import { createKinesis } from './service.ts';

/** What an owner does to a stream, as the SDK sees it, and as a killed process leaves it. */
const fixture = new GatewayFixture();
afterEach(() => fixture.closeAll());

const StreamName = 's';
const StreamARN = 'arn:aws:kinesis:us-west-2:000000000000:stream/s';

async function client(): Promise<KinesisClient> {
  const gateway = await fixture.open([await createKinesis({ folder: null, clock: handClock() })]);
  return fixture.client(new KinesisClient(sdkConfig(gateway)));
}

test('the SDK understands every answer', async () => {
  const kinesis = await client();
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 2, Tags: { a: '1' } }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 30, minDelay: 1 }, { StreamName });
  await kinesis.send(new AddTagsToStreamCommand({ StreamName, Tags: { b: '2', c: '3' } }));
  await kinesis.send(new RemoveTagsFromStreamCommand({ StreamName, TagKeys: ['c'] }));
  await kinesis.send(new TagResourceCommand({ ResourceARN: StreamARN, Tags: { d: '4' } }));
  await kinesis.send(new UntagResourceCommand({ ResourceARN: StreamARN, TagKeys: ['a'] }));
  const tags = [
    { Key: 'b', Value: '2' },
    { Key: 'd', Value: '4' },
  ];
  expect(await kinesis.send(new ListTagsForStreamCommand({ StreamName }))).toMatchObject({
    Tags: tags,
    HasMoreTags: false,
  });
  expect(await kinesis.send(new ListTagsForResourceCommand({ ResourceARN: StreamARN }))).toMatchObject({
    Tags: tags,
  });

  await kinesis.send(new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 72 }));
  await kinesis.send(new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 48 }));
  await kinesis.send(new UpdateMaxRecordSizeCommand({ StreamARN, MaxRecordSizeInKiB: 4096 }));
  const key = { StreamName, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' } as const;
  await kinesis.send(new StartStreamEncryptionCommand(key));
  const Data = new Uint8Array(3 * 1024 * 1024);
  const put = await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: 'k', Data }));
  expect(put.EncryptionType).toBe('KMS');
  const on = await kinesis.send(
    new EnableEnhancedMonitoringCommand({ StreamName, ShardLevelMetrics: ['ALL'] }),
  );
  expect(on.DesiredShardLevelMetrics).toHaveLength(7);
  const off = await kinesis.send(
    new DisableEnhancedMonitoringCommand({ StreamName, ShardLevelMetrics: ['IncomingBytes'] }),
  );
  expect(off.DesiredShardLevelMetrics).toHaveLength(6);
  const scaled = await kinesis.send(
    new UpdateShardCountCommand({ StreamARN, TargetShardCount: 3, ScalingType: 'UNIFORM_SCALING' }),
  );
  expect(scaled).toMatchObject({ StreamName, StreamARN, CurrentShardCount: 2, TargetShardCount: 3 });
  await kinesis.send(
    new UpdateStreamModeCommand({ StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } }),
  );

  const summary = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
  expect(summary.StreamDescriptionSummary).toMatchObject({
    StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    RetentionPeriodHours: 48,
    StreamCreationTimestamp: new Date(START),
    EnhancedMonitoring: [{ ShardLevelMetrics: off.DesiredShardLevelMetrics }],
    EncryptionType: 'KMS',
    KeyId: 'alias/aws/kinesis',
    OpenShardCount: 3,
    ConsumerCount: 0,
    MaxRecordSizeInKiB: 4096,
  });
  await kinesis.send(new StopStreamEncryptionCommand(key));
  const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamARN }));
  expect(StreamDescription).toMatchObject({ EncryptionType: 'NONE', HasMoreShards: false });
  expect(await kinesis.send(new ListStreamsCommand({}))).toMatchObject({
    StreamNames: [StreamName],
    StreamSummaries: [{ StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } }],
  });
  expect(await kinesis.send(new DescribeLimitsCommand({}))).toMatchObject({
    OpenShardCount: 3,
    OnDemandStreamCount: 1,
  });
  const settings = await kinesis.send(new DescribeAccountSettingsCommand({}));
  expect(settings.MinimumThroughputBillingCommitment?.Status).toBe('DISABLED');
});

test('the SDK knows the errors by their classes, and pages by itself', async () => {
  const kinesis = await client();
  for (const name of ['a', 'b', 'c']) {
    await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 5 }));
  }
  const scale = (TargetShardCount: number) =>
    kinesis.send(
      new UpdateShardCountCommand({ StreamName: 'a', TargetShardCount, ScalingType: 'UNIFORM_SCALING' }),
    );
  await expect(scale(11)).rejects.toBeInstanceOf(LimitExceededException);
  await kinesis.send(
    new UpdateStreamModeCommand({
      StreamARN: StreamARN.replace(/s$/, 'a'),
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    }),
  );
  await expect(scale(10)).rejects.toBeInstanceOf(ValidationException);
  const names: string[] = [];
  for await (const page of paginateListStreams({ client: kinesis, pageSize: 2 }, {})) {
    names.push(...page.StreamNames!);
  }
  expect(names).toEqual(['a', 'b', 'c']);
  const pages: number[] = [];
  let next: string | undefined;
  do {
    const input = next === undefined ? { StreamName: 'b' } : { NextToken: next };
    const page = await kinesis.send(new ListShardsCommand({ ...input, MaxResults: 2 }));
    pages.push(page.Shards!.length);
    next = page.NextToken;
  } while (next !== undefined);
  expect(pages).toEqual([2, 2, 1]);
});

test('whatever was acknowledged is there after kill -9, and the shards are whole', async () => {
  const folder = temporaryFolder();
  const child = await startChild(OWNER.replace('FOLDER', folder));
  for (let lines = 0; lines < 25; lines++) await child.next();
  await child.kill();
  const [acknowledged = 0, time = 0] = child.lines.at(-1)!.split(' ').map(Number);
  const clock = handClock();
  clock.time = time;
  const kinesis = await createKinesis({ folder, clock });
  const call = (operation: string, body: object) => {
    const request = { method: 'POST', path: '/', headers: {}, operation, region: 'us-west-2' };
    const answer = kinesis.handle({ ...request, body: Buffer.from(JSON.stringify(body)) });
    if (answer instanceof Promise) throw new Error('Kinesis answers at once');
    expect(answer.status).toBe(200);
    return answer.body === '' ? {} : JSON.parse(String(answer.body));
  };
  const [tag] = call('ListTagsForStream', { StreamName }).Tags;
  const done = Number(tag.Value);
  expect(done).toBeGreaterThanOrEqual(acknowledged);
  const { Shards } = call('ListShards', { StreamName, ShardFilter: { Type: 'AT_LATEST' } });
  // Before the tag comes the scaling: of what the process did last, that may be there without the other.
  expect([countAfter(done), countAfter(done + 1)]).toContain(Shards.length);
  let key = 0n;
  const ranges = Shards.map(({ HashKeyRange }: { HashKeyRange: Record<string, string> }) => [
    BigInt(HashKeyRange.StartingHashKey!),
    BigInt(HashKeyRange.EndingHashKey!),
  ]);
  for (const [start, end] of ranges.sort((a: bigint[], b: bigint[]) => (a[0]! < b[0]! ? -1 : 1))) {
    expect(start).toBe(key);
    key = end + 1n;
  }
  expect(key).toBe(HASH_KEYS);
  call('PutRecord', { StreamName, PartitionKey: 'after', Data: '' });
  const stored = kinesis.streams()[0]!.records;
  expect(stored).toBeGreaterThanOrEqual(acknowledged + 1);
  await kinesis.close();
});

/** Shards of the process below once it has done so many rounds. */
function countAfter(rounds: number): number {
  return rounds % 2 === 0 ? 6 : 11;
}

/** Scales, tags and puts, round after round, hours apart; prints how many rounds were acknowledged, and its time. */
const OWNER = `
import { createKinesis } from './kinesis/service.ts';
let time = ${START};
const kinesis = await createKinesis({
  folder: 'FOLDER',
  clock: { now: () => time, monotonic: () => performance.now() },
});
const call = (operation, body) => {
  const answer = kinesis.handle({
    method: 'POST', path: '/', headers: {}, operation, region: 'us-west-2', body: Buffer.from(JSON.stringify(body)),
  });
  if (answer.status !== 200) throw new Error(operation + ': ' + answer.body);
};
const StreamName = 's';
call('CreateStream', { StreamName, ShardCount: 6, Tags: { rounds: '0' } });
for (let round = 1; ; round++) {
  time += 3 * 3_600_000;
  const TargetShardCount = round % 2 === 0 ? 6 : 11;
  call('UpdateShardCount', { StreamName, TargetShardCount, ScalingType: 'UNIFORM_SCALING' });
  call('AddTagsToStream', { StreamName, Tags: { rounds: String(round) } });
  call('PutRecord', { StreamName, PartitionKey: String(round), Data: '' });
  process.stdout.write(round + ' ' + time + '\\n');
  await new Promise(setImmediate);
}
`;
