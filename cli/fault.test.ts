import { CreateStreamCommand, KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Cloud, startCloud } from '../infra/local/cloud.ts';
import { LOCAL_CREDENTIALS } from '../infra/target.ts';
import { systemClock } from '../telemetry/clock.ts';
import { type FaultArguments, fault } from './fault.ts';

let cloud: Cloud;
let printed: string;
beforeEach(async () => {
  cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await cloud.close();
});

async function run(given: FaultArguments): Promise<string> {
  printed = '';
  await fault({ port: cloud.port, ...given });
  return printed;
}

test('a fault is added, listed, happens, and ends', async () => {
  const { endpoint } = cloud;
  const kinesis = new KinesisClient({
    endpoint,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
  await kinesis.send(new CreateStreamCommand({ StreamName: 's', ShardCount: 1 }));
  const put = new PutRecordCommand({ StreamName: 's', PartitionKey: 'k', Data: Buffer.from('x') });

  expect(await run({})).toBe('no fault is on\n');
  expect(await run({ kind: 'fail-after', target: 'PutRecord', count: '2' })).toBe(
    `    1  fail-after PutRecord: 2 times at most, happened 0 times\nEnd it with ./wildrydes fault end 1 --port ${cloud.port}\n`,
  );
  await expect(kinesis.send(put)).rejects.toMatchObject({ name: 'InternalFailure' });
  expect(JSON.parse(await run({ json: true }))).toEqual([
    { id: 1, kind: 'fail-after', target: 'PutRecord', count: 2, happened: 1 },
  ]);
  expect(await run({ kind: 'end', target: '1' })).toBe('ended 1 fault\n');
  await kinesis.send(put);
  kinesis.destroy();
});

test('a fault of which nothing was said lasts a minute; what was said is read as people write it', async () => {
  const added = async (given: FaultArguments) => JSON.parse(await run({ ...given, json: true })) as unknown;
  expect(await added({ kind: 'fail-publish', target: 't' })).toMatchObject({ seconds: 60 });
  expect(await added({ kind: 'throttle-shard', target: 's', shard: '3', share: '20%', for: '5m' })).toEqual({
    id: 2,
    kind: 'throttle-shard',
    target: 's',
    shard: 'shardId-000000000003',
    share: 0.2,
    seconds: 300,
    happened: 0,
  });
  expect(await run({ kind: 'end' })).toBe('ended 2 faults\n');
});

test.each<[FaultArguments, string, string]>([
  [{ kind: 'nonsense', target: 't' }, 'USAGE', 'there is no fault nonsense'],
  [{ kind: 'throttle-table' }, 'USAGE', 'throttle-table must name a table'],
  [{ kind: 'throttle-table', target: 't', share: '2' }, 'USAGE', '--share must be above 0 and at most 1'],
  [{ kind: 'throttle-table', target: 't', shard: '2' }, 'USAGE', 'throttle-table has no shard'],
  [{ kind: 'throttle-table', target: 't', for: 'soon' }, 'USAGE', '--for must be a length of time'],
  [{ kind: 'fail-after', target: 'PutRecrods' }, 'USAGE', 'there is no operation PutRecrods'],
  [{ kind: 'end', target: '7' }, 'NOT_FOUND', 'there is no fault 7'],
  [{ kind: 'end', target: 'x' }, 'USAGE', 'end must be a whole number'],
  [{ port: 1 }, 'UNREACHABLE', 'no local cloud runs on port 1'],
])('%j is refused, saying why', async (given, code, message) => {
  await expect(run(given)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});
