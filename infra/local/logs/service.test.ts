import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../telemetry/clock.ts';
import { startChild } from '../child-fixture.ts';
import { LogsFixture, type OpenLogs, START } from './fixture.ts';
import { createLogs } from './service.ts';

const fixture = new LogsFixture();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-logs-'));
});
afterEach(async () => {
  await fixture.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

async function messages(
  { client }: OpenLogs,
  logStreamName = 's',
  logGroupName = 'g',
): Promise<(string | undefined)[]> {
  const { events = [] } = await client.send(
    new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }),
  );
  return events.map(({ message }) => message);
}

const filesOf = (group = 1) => readdirSync(join(folder, `group-${group}`)).sort();

describe('CloudWatch Logs', () => {
  it('names the operation that it does not have', async () => {
    const { client } = await fixture.openLogs();
    const query = new StartQueryCommand({ logGroupName: 'g', queryString: 'x', startTime: 0, endTime: 1 });
    await expect(client.send(query)).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('does not offer StartQuery. It offers CreateLogGroup'),
    });
  });

  it('without a folder leaves nothing behind', async () => {
    const logs = createLogs({ folder: null, clock: systemClock });
    logs.write('g', 's', START, 'neigh');
    await logs.close();
  });
});

describe('write', () => {
  it('makes the group and the stream, keeps the order, and is seen at once', async () => {
    const opened = await fixture.openLogs();
    const lines = Array.from({ length: 1_000 }, (_, i) => `line ${i}`);
    for (const line of lines) opened.logs.write('/aws/lambda/neigh', '[$LATEST]', START, line);
    opened.logs.write('/aws/lambda/neigh', '[$LATEST]', START, '');
    expect(await messages(opened, '[$LATEST]', '/aws/lambda/neigh')).toEqual(lines);
  });

  it('says how much was dropped when it is faster than the disk', async () => {
    const opened = await fixture.openLogs(null, { limits: { waiting: 1_000 } });
    for (let i = 0; i < 30; i++) opened.logs.write('g', 's', START, 'x'.repeat(100));
    const found = await messages(opened);
    expect(found).toHaveLength(12);
    expect(found.at(-1)).toBe('(19 log events dropped: the disk is full, or slower than the output)');
  });

  it('never throws, and goes on when its files can be written again', async () => {
    const told: string[] = [];
    const opened = await fixture.openLogs(folder, { log: (line) => told.push(line) });
    opened.logs.write('g', 's', START, 'one');
    expect(await messages(opened)).toEqual(['one']);
    const file = join(folder, 'group-1', '1.1.log');
    const before = readFileSync(file);
    rmSync(join(folder, 'group-1'), { recursive: true });
    opened.logs.write('g', 's', START, 'lost');
    opened.logs.write('g', 'another', START, 'lost');
    expect(await messages(opened)).toEqual([]);
    await expect(put(opened, ['refused'])).rejects.toMatchObject({ name: 'ServiceUnavailableException' });
    expect(told).toEqual([
      expect.stringContaining('an event of g could not be written'),
      expect.stringContaining('events of s cannot be written'),
      expect.stringContaining('PutLogEvents'),
    ]);
    mkdirSync(join(folder, 'group-1'));
    writeFileSync(file, before);
    opened.logs.write('g', 's', START, 'two');
    expect(await messages(opened)).toEqual([
      'one',
      'two',
      '(1 log events dropped: the disk is full, or slower than the output)',
    ]);
  });
});

function put({ client }: OpenLogs, texts: readonly string[]) {
  const logEvents = texts.map((message) => ({ timestamp: START, message }));
  return client.send(new PutLogEventsCommand({ logGroupName: 'g', logStreamName: 's', logEvents }));
}

async function create({ client }: OpenLogs): Promise<void> {
  await client.send(new CreateLogGroupCommand({ logGroupName: 'g', tags: { a: 'b' } }));
  await client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }));
}

describe('what is kept', () => {
  it('outlives the process', async () => {
    const before = await fixture.openLogs(folder);
    await create(before);
    await put(before, ['one', 'two']);
    await before.client.send(new CreateLogGroupCommand({ logGroupName: 'gone' }));
    before.logs.write('gone', 's', START, 'x');
    await before.client.send(new DeleteLogGroupCommand({ logGroupName: 'gone' }));
    before.logs.write('g', 's', START, 'three');
    await fixture.closeAll();
    const after = await fixture.openLogs(folder);
    expect((await after.client.send(new DescribeLogGroupsCommand({}))).logGroups).toMatchObject([
      { logGroupName: 'g', creationTime: START },
    ]);
    await put(after, ['four']);
    expect(await messages(after)).toEqual(['one', 'two', 'three', 'four']);
    expect(readdirSync(folder).sort()).toEqual(['group-1', 'groups.json']);
  });

  it('is there after kill -9, as far as it was acknowledged, and a half line is not', async () => {
    const child = await startChild(`
      import { createLogs } from './logs/service.ts';
      import { openGateway } from './gateway/gateway.ts';
      const clock = { now: () => ${START}, monotonic: () => 0 };
      const logs = createLogs({ folder: ${JSON.stringify(folder)}, clock });
      const gateway = await openGateway({ port: 0, services: [logs] });
      const ask = (operation, body) => fetch(gateway.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.' + operation },
        body: JSON.stringify({ logGroupName: 'g', ...body }),
      });
      await ask('CreateLogGroup', {});
      await ask('CreateLogStream', { logStreamName: 's' });
      for (let i = 0; ; i++) {
        const answer = await ask('PutLogEvents', {
          logStreamName: 's',
          logEvents: [{ timestamp: ${START}, message: 'event ' + i }],
        });
        if (answer.ok) console.log('acknowledged ' + i);
      }
    `);
    await child.line('acknowledged 20');
    await child.kill();
    const acknowledged = child.lines.filter((line) => line.startsWith('acknowledged')).length;
    appendFileSync(join(folder, 'group-1', '1.1.log'), '[1,2,3,"half a li');
    const opened = await fixture.openLogs(folder);
    await put(opened, ['after']);
    const found = await messages(opened);
    expect(found.length).toBeGreaterThanOrEqual(acknowledged + 1);
    expect(found).toEqual([...found.slice(0, -1).map((_, i) => `event ${i}`), 'after']);
  });

  it('is what no crash left half made', async () => {
    const before = await fixture.openLogs(folder);
    await create(before);
    await put(before, ['one']);
    await fixture.closeAll();
    writeFileSync(join(folder, 'group-1', '1.2.log'), '{"version":1,"na');
    writeFileSync(join(folder, 'group-1', '7.1.log'), '');
    mkdirSync(join(folder, 'group-9'));
    writeFileSync(join(folder, 'group-1', 'notes.txt'), 'not ours');
    const after = await fixture.openLogs(folder);
    expect(await messages(after)).toEqual(['one']);
    expect(filesOf()).toEqual(['1.1.log', 'notes.txt']);
    expect(readdirSync(folder).sort()).toEqual(['group-1', 'groups.json']);
  });

  it('is passed over where it is damaged, and refused where it does not say whose it is', async () => {
    const before = await fixture.openLogs(folder);
    await create(before);
    await put(before, ['one', 'two', 'three']);
    await fixture.closeAll();
    const file = join(folder, 'group-1', '1.1.log');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"two"', '"tw'));
    expect(await messages(await fixture.openLogs(folder))).toEqual(['one', 'three']);
    await fixture.closeAll();
    writeFileSync(file, 'x\n');
    await expect(fixture.openLogs(folder)).rejects.toMatchObject({
      code: 'STATE_CORRUPT',
      message: expect.stringContaining('1.1.log'),
    });
  });

  it('is bounded for a stream: the newest events are kept, in two files', async () => {
    const opened = await fixture.openLogs(folder, { limits: { fileBytes: 1_000 } });
    await create(opened);
    for (let i = 0; i < 100; i++) await put(opened, [`event ${i}`]);
    const kept = await messages(opened);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => `event ${100 - kept.length + i}`));
    expect(kept.length).toBeGreaterThan(15);
    expect(kept.length).toBeLessThan(60);
    expect(filesOf()).toHaveLength(2);
    await fixture.closeAll();
    const after = await fixture.openLogs(folder);
    expect(await messages(after)).toEqual(kept);
    await put(after, ['next']);
    expect(await messages(after)).toEqual([...kept, 'next']);
  });

  it('is bounded for a group: streams that have been silent longest lose their events, and stay', async () => {
    const opened = await fixture.openLogs(folder, { limits: { groupBytes: 10_000 } });
    for (let i = 0; i < 20; i++) {
      opened.logs.write('g', `s${i}`, START + i, 'x'.repeat(900));
      await messages(opened, `s${i}`);
    }
    const sizes = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => (await messages(opened, `s${i}`)).length),
    );
    expect(sizes.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 0));
    expect(sizes.slice(-5)).toEqual([1, 1, 1, 1, 1]);
    const { logGroups } = await opened.client.send(new DescribeLogGroupsCommand({}));
    expect(logGroups?.[0]?.storedBytes).toBeLessThanOrEqual(11_000);
    const { logStreams } = await opened.client.send(new DescribeLogStreamsCommand({ logGroupName: 'g' }));
    expect(logStreams).toHaveLength(20);
  });
});
