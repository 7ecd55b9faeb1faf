import { CreateStreamCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../infra/local/cloud.ts';
import { atLocalPort, clientConfig } from '../infra/target.ts';
import { createKinesisClient } from '../stream/client.ts';
import { BatchingWriter } from '../stream/writer.ts';
import { systemClock } from '../telemetry/clock.ts';
import { freePort, wildrydes } from '../test/kit.ts';
import { readStart } from './consume.ts';

describe('where to begin', () => {
  const NOW = Date.UTC(2026, 10, 21, 6, 30);
  test.each([
    ['latest', { from: 'latest' }],
    ['start', { from: 'start' }],
    ['2026-11-21 06:00:00', { from: 'time', time: NOW - 1_800_000 }],
    ['2026-11-21T07:00:00+01:00', { from: 'time', time: NOW - 1_800_000 }],
    ['5m', { from: 'time', time: NOW - 300_000 }],
    ['90s', { from: 'time', time: NOW - 90_000 }],
  ])('%s', (text, expected) => {
    expect(readStart(text, NOW)).toEqual(expected);
  });

  test.each(['', 'yesterday', '2026-02-30 00:00:00', '-5m'])('not %s', (text) => {
    expect(() => readStart(text, NOW)).toThrow(`(given ${text || 'nothing'})`);
  });
});

describe('the command', () => {
  let cloud: Cloud;
  let client: KinesisClient;

  beforeAll(async () => {
    cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
    client = createKinesisClient(clientConfig(atLocalPort(cloud.port, undefined)), { maxAttempts: 1 });
    await client.send(new CreateStreamCommand({ StreamName: 'wildrydes', ShardCount: 2 }));
    await write(Array.from({ length: 20 }, (_, i) => `{"n":${i}}\n`));
  });
  afterAll(async () => {
    client?.destroy();
    await cloud?.close();
  });

  async function write(contents: readonly (string | Uint8Array)[]): Promise<void> {
    const writer = new BatchingWriter({
      client,
      streamName: 'wildrydes',
      random: Math.random,
      clock: systemClock,
    });
    for (const [i, content] of contents.entries()) {
      void writer.put({ key: `u${i % 7}`, data: Buffer.from(content as string), time: i, tag: undefined });
    }
    await writer.flush();
    writer.close();
  }

  const consumer = (...args: string[]) => wildrydes(['consumer', '--port', String(cloud.port), ...args]);

  test('prints every record of every shard as NDJSON, and ends after --count', async () => {
    const { status, stdout, stderr } = await consumer('--from', 'start', '--count', '20', '--output', 'json')
      .finished;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { data: string; shardId: string });
    expect(records.map(({ data }) => (JSON.parse(data) as { n: number }).n).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => i),
    );
    expect(new Set(records.map(({ shardId }) => shardId)).size).toBe(2);
  });

  test('never prints more than --count', async () => {
    const { status, stdout } = await consumer('--from', '1h', '--count', '3').finished;
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(stdout).not.toContain('\u001b');
  });

  test('Ctrl-C ends it with 0', async () => {
    const running = consumer('--from', 'start');
    await running.line((line) => line.includes('{"n":'));
    running.child.kill('SIGINT');
    expect(await running.finished).toMatchObject({ status: 0, stderr: '' });
  });

  test('so does a reader that has gone away', async () => {
    const running = consumer('--from', 'start');
    await running.line((line) => line.includes('{"n":'));
    running.child.stdout.destroy();
    let ended = false;
    void running.finished.then(() => {
      ended = true;
    });
    while (!ended) {
      await write(['{"n":20}']);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await running.finished).toMatchObject({ status: 0, stderr: '' });
  });

  test('a stream that does not exist: 3, with the command that creates it', async () => {
    const { status, stderr } = await consumer('--stream', 'nowhere').finished;
    expect(status).toBe(3);
    expect(stderr).toContain(`there is no stream nowhere at http://127.0.0.1:${cloud.port}`);
    expect(stderr).toContain(
      `./wildrydes shell --port ${cloud.port}: aws kinesis create-stream --stream-name nowhere --shard-count 1`,
    );
  });

  test('nobody at the port: 3, with what to do', async () => {
    const port = String(await freePort());
    const { status, stderr } = await wildrydes(['consumer', '--port', port]).finished;
    expect(status).toBe(3);
    expect(stderr).toMatch(/nothing answers at http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/);
    expect(stderr).toContain(`./wildrydes start --port ${port}`);
  });

  test.each([
    ['--stream', 'a/b', /--stream must be/],
    ['--from', 'yesterday', /--from must be latest, start/],
    ['--count', '0', /--count must be a whole number from 1/],
    ['--output', 'xml', /output/],
  ])('%s %s is a usage error', async (option, value, message) => {
    const { status, stderr } = await consumer(option, value).finished;
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
