import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../telemetry/clock.ts';
import { FUNCTIONS, STREAMS, TABLES } from '../telemetry/topology.ts';
import { freePort } from '../test/kit.ts';
import { createControlClient } from './local/control/client.ts';
import { type LocalOptions, startLocal } from './pipeline.ts';
import { createResources } from './resources.ts';
import { atLocalPort, clientConfig } from './target.ts';

async function start(options: Partial<LocalOptions> = {}) {
  const local = await startLocal({ port: 0, data: null, clock: systemClock, ...options });
  onTestFinished(() => local.close());
  return { local, control: createControlClient(local.endpoint) };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'wildrydes-pipeline-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function post(endpoint: string, body: string) {
  const answer = await fetch(`${endpoint}/_wildrydes/aggregation`, { method: 'POST', body });
  return { status: answer.status, body: (await answer.json()) as { message?: string } };
}

describe('the pipeline in a local cloud', () => {
  test('has its streams, its tables, its functions on their streams, and the books', async () => {
    const { local, control } = await start();
    const kinesis = new KinesisClient(clientConfig(local.target));
    const dynamodb = new DynamoDBClient(clientConfig(local.target));
    onTestFinished(() => {
      kinesis.destroy();
      dynamodb.destroy();
    });
    expect((await kinesis.send(new ListStreamsCommand())).StreamNames).toEqual(
      [...Object.values(STREAMS)].sort(),
    );
    const tables = Object.values(TABLES).map(({ name }) => name);
    expect((await dynamodb.send(new ListTablesCommand())).TableNames?.sort()).toEqual(tables.sort());
    const status = await control.status();
    expect(status.mappings.map(({ functionName, streamName }) => ({ functionName, streamName }))).toEqual([
      { functionName: FUNCTIONS.streamProcessor, streamName: STREAMS.summaries },
      { functionName: FUNCTIONS.lowMagicAlert, streamName: STREAMS.readings },
    ]);
    expect(status.aggregation?.tally.delivered).toBe(0);
    // Once more changes nothing.
    await createResources(local.target);
  });

  test('is not in a cloud that is started empty', async () => {
    const { control } = await start({ pipeline: false });
    expect(await control.status()).toMatchObject({ streams: [], mappings: [], aggregation: null });
    await expect(control.aggregation({})).rejects.toMatchObject({ status: 404 });
  });

  test('closes windows by force only where nothing is kept', async () => {
    const thrownAway = await start();
    await expect(thrownAway.control.aggregation({ closeWindows: true })).resolves.toMatchObject({
      openWindows: 0,
    });
    const kept = await start({ data: folder() });
    await expect(kept.control.aggregation({ closeWindows: true })).rejects.toMatchObject({ status: 409 });
  });

  test.each([
    ['{"names":"Rocinante"}', /names must be a list of strings/],
    ['{"names":[1]}', /names must be a list of strings/],
    ['{"caughtUp":1}', /caughtUp must be true or false/],
    ['{"closeWindows":"yes"}', /closeWindows must be true or false/],
    ['7', /must be a JSON object/],
    ['[', /must be JSON/],
  ])('refuses to be asked %s', async (body, message) => {
    const { local } = await start();
    const answer = await post(local.endpoint, body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(message);
  });

  test('may be closed twice, and gives port and folder back', async () => {
    const data = folder();
    const first = await start({ data });
    const { port } = first.local.target;
    await Promise.all([first.local.close(), first.local.close()]);
    await first.local.close();
    expect(await first.control.health()).toBeUndefined();
    const second = await start({ data, port: port ?? 0 });
    expect((await second.control.health()) as object).toMatchObject({ data });
  });

  test('that cannot start leaves nothing open', async () => {
    const data = folder();
    const port = await freePort();
    await (await start({ data, port })).local.close();
    rmSync(join(data, 'aggregation'), { recursive: true });
    writeFileSync(join(data, 'aggregation'), 'in the way');
    await expect(startLocal({ port, data, clock: systemClock })).rejects.toThrow(/EEXIST|ENOTDIR/);
    rmSync(join(data, 'aggregation'));
    const again = await start({ data, port });
    expect(await again.control.health()).toMatchObject({ pipeline: true });
  });
});

test('resources that cannot be created: which, where and why', async () => {
  const target = atLocalPort(await freePort(), undefined);
  await expect(createResources(target)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringMatching(
      /^cannot create the stream wildrydes at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
    ),
  });
});
