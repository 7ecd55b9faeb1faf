import {
  ListApplicationSnapshotsCommand,
  StartApplicationCommand,
  StopApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { type AnalyticsBench, AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

const snapshots = async ({ client }: AnalyticsBench) =>
  (await client.send(new ListApplicationSnapshotsCommand({ ApplicationName: 'app' }))).SnapshotSummaries;
const stop = async ({ client }: AnalyticsBench, Force?: boolean) =>
  (await client.send(new StopApplicationCommand({ ApplicationName: 'app', Force }))).OperationId;

describe('StopApplication', () => {
  it('shows the way, and takes a snapshot', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.start();
    const release = bench.engine.hold();
    const id = await stop(bench);
    expect((await bench.describe()).ApplicationStatus).toBe('STOPPING');
    expect(await snapshots(bench)).toEqual([]);
    release();
    await bench.until('READY');
    expect(bench.engine.running.size).toBe(0);
    expect(await bench.operation(id)).toMatchObject({
      Operation: 'StopApplication',
      OperationStatus: 'SUCCESSFUL',
    });
    expect(await snapshots(bench)).toEqual([
      expect.objectContaining({
        SnapshotStatus: 'READY',
        ApplicationVersionId: 1,
        RuntimeEnvironment: 'FLINK-2_2',
      }),
    ]);
  });

  it('takes none by force, nor where they are not enabled', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create('app', {
      ApplicationConfiguration: {
        ApplicationCodeConfiguration: {
          CodeContentType: 'ZIPFILE',
          CodeContent: { ZipFileContent: Buffer.from('jar') },
        },
        ApplicationSnapshotConfiguration: { SnapshotsEnabled: false },
      },
    });
    for (const Force of [false, true]) {
      await bench.start();
      await stop(bench, Force);
      await bench.until('READY');
    }
    expect(await snapshots(bench)).toEqual([]);
  });

  it('ends a start by force, which is cancelled', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    const release = bench.engine.hold();
    const start = await bench.client.send(new StartApplicationCommand({ ApplicationName: 'app' }));
    await expect(stop(bench)).rejects.toMatchObject({ name: 'ResourceInUseException' });
    const id = await stop(bench, true);
    expect((await bench.describe()).ApplicationStatus).toBe('FORCE_STOPPING');
    expect(await bench.operation(start.OperationId)).toMatchObject({ OperationStatus: 'CANCELLED' });
    release();
    await bench.until('READY');
    expect(bench.engine.running.size).toBe(0);
    expect(await bench.operation(id)).toMatchObject({ OperationStatus: 'SUCCESSFUL' });
    await bench.start();
  });

  it('that fails says why, and the application does not run', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.start();
    bench.engine.stopFails = new Error('the disk is full');
    const id = await stop(bench);
    await bench.until('READY');
    expect(await bench.operation(id)).toMatchObject({
      OperationStatus: 'FAILED',
      OperationFailureDetails: { ErrorInfo: { ErrorString: 'the disk is full' } },
    });
    expect(await snapshots(bench)).toEqual([]);
  });

  it.each([false, true])('is refused for what does not run, by force: %j', async (Force) => {
    const bench = await fixture.openAnalytics();
    await expect(stop(bench, Force)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await bench.create();
    await expect(stop(bench, Force)).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: expect.stringContaining('(given READY)'),
    });
  });
});
