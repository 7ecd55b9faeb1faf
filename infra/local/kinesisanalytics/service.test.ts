import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteApplicationCommand, StartApplicationCommand } from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startChild } from '../child-fixture.ts';
import { AnalyticsFixture, definition, HandEngine } from './fixture.ts';

const fixture = new AnalyticsFixture();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-analytics-'));
});
afterEach(async () => {
  await fixture.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

const KIT = {
  name: 'kit',
  description: 'of the kit',
  runtime: 'FLINK-2_2',
  role: 'arn:aws:iam::000000000000:role/kit',
  code: { bucketArn: 'arn:aws:s3:::kit', fileKey: 'kit.jar', objectVersion: null },
  properties: [{ id: 'InputStream0', values: { 'stream.name': 'wildrydes' } }],
} as const;

/** A process that has an application in `folder` do something, and is killed while it is at it. */
async function killedWhile(what: 'starting' | 'running' | 'stopping' | 'deleting'): Promise<void> {
  const child = await startChild(`
    import { createKinesisAnalytics } from './kinesisanalytics/service.ts';
    import { systemClock } from '../../telemetry/clock.ts';
    const never = new Promise(() => {});
    const service = createKinesisAnalytics({ folder: ${JSON.stringify(folder)}, clock: systemClock });
    service.provideEngine({
      refusal: () => undefined,
      start: async () => {
        if ('${what}' === 'starting') await never;
        return { stop: () => never };
      },
      forget: async () => {},
    });
    const call = async (operation, input) => {
      const answer = await service.handle({
        method: 'POST', path: '/', headers: {}, operation, region: 'us-east-1', body: Buffer.from(JSON.stringify(input)),
      });
      if (answer.status !== 200) throw new Error(answer.body);
      return JSON.parse(answer.body);
    };
    const ApplicationName = 'app';
    const skip = { ApplicationRestoreConfiguration: { ApplicationRestoreType: 'SKIP_RESTORE_FROM_SNAPSHOT' } };
    const made = await call('CreateApplication', ${JSON.stringify(definition())});
    await call('StartApplication', { ApplicationName, RunConfiguration: skip });
    const until = async (status) => {
      for (;;) {
        const { ApplicationDetail } = await call('DescribeApplication', { ApplicationName });
        if (ApplicationDetail.ApplicationStatus === status) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    if ('${what}' !== 'starting') await until('RUNNING');
    if ('${what}' === 'stopping') await call('StopApplication', { ApplicationName });
    if ('${what}' === 'deleting') {
      const { CreateTimestamp } = made.ApplicationDetail;
      await call('DeleteApplication', { ApplicationName, CreateTimestamp });
    }
    console.log('acknowledged');
    setInterval(() => {}, 1000);
  `);
  await child.line('acknowledged');
  await child.kill();
}

describe('what a process leaves that was killed', () => {
  it('while an application ran: it runs again, from the state that it had', async () => {
    await killedWhile('running');
    const bench = await fixture.openAnalytics({ folder });
    expect((await bench.describe()).ApplicationStatus).toBe('STARTING');
    bench.analytics.resume();
    await bench.until('RUNNING');
    expect(bench.engine.starts).toMatchObject([{ application: { name: 'app' }, fresh: false }]);
  });

  it('while it was started: it is started, as it was asked to be', async () => {
    await killedWhile('starting');
    const bench = await fixture.openAnalytics({ folder });
    bench.analytics.resume();
    await bench.until('RUNNING');
    expect(bench.engine.starts).toMatchObject([{ fresh: true }]);
    const { body } = await bench.raw('ListApplicationOperations', '{"ApplicationName":"app"}');
    expect(body).toMatchObject({
      ApplicationOperationInfoList: [{ Operation: 'StartApplication', OperationStatus: 'SUCCESSFUL' }],
    });
  });

  it('while it was stopped: it stays so, with its snapshot', async () => {
    await killedWhile('stopping');
    const bench = await fixture.openAnalytics({ folder });
    bench.analytics.resume();
    expect((await bench.describe()).ApplicationStatus).toBe('READY');
    const { body } = await bench.raw('ListApplicationSnapshots', '{"ApplicationName":"app"}');
    expect(body).toMatchObject({ SnapshotSummaries: [{ SnapshotStatus: 'READY' }] });
    expect(bench.engine.starts).toEqual([]);
  });

  it('while it was deleted: it is gone', async () => {
    await killedWhile('deleting');
    const bench = await fixture.openAnalytics({ folder });
    bench.analytics.resume();
    await expect
      .poll(() => bench.describe().catch(({ name }: Error) => name))
      .toBe('ResourceNotFoundException');
    expect(bench.engine.forgotten).toEqual(['app']);
  });
});

describe('what a process leaves that was closed', () => {
  it('is stopped, and runs again in the next one, unless the engine would not have it', async () => {
    const first = await fixture.openAnalytics({ folder });
    await first.create();
    await first.create('b');
    await first.start();
    await first.start('b');
    await first.analytics.close();
    expect(first.engine.running.size).toBe(0);
    await fixture.closeAll();

    const second = await fixture.openAnalytics({ folder });
    second.analytics.resume();
    await second.until('RUNNING');
    await second.until('RUNNING', 'b');
    await fixture.closeAll();

    const engine = new HandEngine();
    engine.refuses = 'no more';
    const told: string[] = [];
    const third = await fixture.openAnalytics({ folder, engine, log: (line) => told.push(line) });
    third.analytics.resume();
    expect((await third.describe()).ApplicationStatus).toBe('READY');
    expect(told.join()).toContain('no more');
  });

  it('tells how a stop failed, once all have ended', async () => {
    const bench = await fixture.openAnalytics({ folder });
    await bench.create();
    await bench.start();
    bench.engine.stopFails = new Error('the disk is full');
    await expect(bench.analytics.close()).rejects.toThrow('the disk is full');
    expect(bench.engine.running.size).toBe(0);
  });

  it('waits for what is being started, and stops it', async () => {
    const bench = await fixture.openAnalytics({ folder });
    await bench.create();
    const release = bench.engine.hold();
    await bench.client.send(new StartApplicationCommand({ ApplicationName: 'app' }));
    const closed = bench.analytics.close();
    release();
    await closed;
    expect(bench.engine.running.size).toBe(0);
  });
});

describe('an application of the kit', () => {
  it('is made, run, and at the next start what it is defined to be', async () => {
    const first = await fixture.openAnalytics({ folder });
    await first.analytics.run(KIT);
    expect(await first.describe('kit')).toMatchObject({
      ApplicationStatus: 'RUNNING',
      ApplicationVersionId: 1,
      ApplicationDescription: 'of the kit',
    });
    await first.raw('StopApplication', '{"ApplicationName":"kit"}');
    await first.until('READY', 'kit');
    await first.raw(
      'UpdateApplication',
      '{"ApplicationName":"kit","CurrentApplicationVersionId":1,"RuntimeEnvironmentUpdate":"FLINK-2_3"}',
    );
    await fixture.closeAll();

    const second = await fixture.openAnalytics({ folder });
    await second.analytics.run(KIT);
    second.analytics.resume();
    expect(await second.describe('kit')).toMatchObject({
      ApplicationStatus: 'RUNNING',
      ApplicationVersionId: 3,
      RuntimeEnvironment: 'FLINK-2_2',
    });
    await fixture.closeAll();

    const third = await fixture.openAnalytics({ folder });
    await third.analytics.run(KIT);
    third.analytics.resume();
    expect(third.engine.starts).toHaveLength(1);
    expect(await third.describe('kit')).toMatchObject({
      ApplicationStatus: 'RUNNING',
      ApplicationVersionId: 3,
    });
  });

  it('fails with what the engine failed with', async () => {
    const bench = await fixture.openAnalytics();
    bench.engine.startFails = new Error('damaged');
    await expect(bench.analytics.run(KIT)).rejects.toBe(bench.engine.startFails);
    expect((await bench.describe('kit')).ApplicationStatus).toBe('READY');
  });

  it('that was deleted is made anew', async () => {
    const bench = await fixture.openAnalytics();
    await bench.analytics.run(KIT);
    const { CreateTimestamp } = await bench.describe('kit');
    await bench.client.send(new DeleteApplicationCommand({ ApplicationName: 'kit', CreateTimestamp }));
    await expect
      .poll(() => bench.describe('kit').catch(({ name }: Error) => name))
      .toBe('ResourceNotFoundException');
    await bench.analytics.run(KIT);
    await bench.until('RUNNING', 'kit');
  });
});

describe('the service', () => {
  it.each(['constructor', '__proto__', 'AddApplicationInput', ''])(
    'names what it does not offer: %j',
    async (name) => {
      const bench = await fixture.openAnalytics();
      expect(await bench.raw(name, '{}')).toMatchObject({
        status: 400,
        body: {
          __type: 'UnknownOperationException',
          message: expect.stringContaining('It offers AddApplicationCloudWatchLoggingOption'),
        },
      });
    },
  );

  it.each(['', '[', 'null', '[]', '"text"', '{"ApplicationName":{}}', '{"ApplicationName":["app"]}'])(
    'answers the body %j in its own shape',
    async (body) => {
      const bench = await fixture.openAnalytics();
      expect(await bench.raw('DescribeApplication', body)).toMatchObject({
        status: 400,
        body: { __type: 'SerializationException' },
      });
    },
  );

  it('remembers the latest hundred operations', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    for (let version = 1; version <= 101; version++) {
      const body = { ApplicationName: 'app', CurrentApplicationVersionId: version };
      await bench.raw('UpdateApplication', JSON.stringify(body));
    }
    const pages = [];
    for (let NextToken: string | undefined, more = true; more; more = NextToken !== undefined) {
      const asked = JSON.stringify({ ApplicationName: 'app', NextToken });
      const { body } = await bench.raw('ListApplicationOperations', asked);
      const page = body as { ApplicationOperationInfoList: object[]; NextToken?: string };
      pages.push(page.ApplicationOperationInfoList.length);
      NextToken = page.NextToken;
    }
    expect(pages).toEqual([50, 50]);
  });
});
