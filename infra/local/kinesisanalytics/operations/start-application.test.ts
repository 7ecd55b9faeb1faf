import {
  CreateApplicationSnapshotCommand,
  StartApplicationCommand,
  type StartApplicationCommandInput,
  StopApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('StartApplication', () => {
  it('shows the way: STARTING and in progress until the engine runs, then RUNNING and successful', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    const release = bench.engine.hold();
    const { OperationId } = await bench.client.send(new StartApplicationCommand({ ApplicationName: 'app' }));
    expect((await bench.describe()).ApplicationStatus).toBe('STARTING');
    expect(await bench.operation(OperationId)).toEqual({
      Operation: 'StartApplication',
      OperationStatus: 'IN_PROGRESS',
      StartTime: expect.any(Date),
    });
    release();
    await bench.until('RUNNING');
    expect(await bench.operation(OperationId)).toMatchObject({
      OperationStatus: 'SUCCESSFUL',
      EndTime: expect.any(Date),
    });
    expect(bench.engine.starts).toEqual([
      {
        application: expect.objectContaining({
          name: 'app',
          properties: [{ id: 'InputStream0', values: { 'stream.name': 'in' } }],
        }),
        fresh: false,
      },
    ]);
    expect((await bench.describe()).ApplicationConfigurationDescription?.RunConfigurationDescription).toEqual(
      {
        ApplicationRestoreConfigurationDescription: {
          ApplicationRestoreType: 'RESTORE_FROM_LATEST_SNAPSHOT',
        },
        FlinkRunConfigurationDescription: { AllowNonRestoredState: false },
      },
    );
  });

  it('that fails gives back READY, and the operation says why', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    bench.engine.startFails = new Error('stream in does not exist');
    const { OperationId } = await bench.client.send(new StartApplicationCommand({ ApplicationName: 'app' }));
    await bench.until('READY');
    expect(await bench.operation(OperationId)).toMatchObject({
      OperationStatus: 'FAILED',
      OperationFailureDetails: { ErrorInfo: { ErrorString: 'stream in does not exist' } },
    });
    bench.engine.startFails = undefined;
    await bench.start();
  });

  it('starts without the state of before only when asked to, and only once', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.client.send(
      new StartApplicationCommand({
        ApplicationName: 'app',
        RunConfiguration: {
          ApplicationRestoreConfiguration: { ApplicationRestoreType: 'SKIP_RESTORE_FROM_SNAPSHOT' },
        },
      }),
    );
    await bench.until('RUNNING');
    await bench.client.send(new StopApplicationCommand({ ApplicationName: 'app' }));
    await bench.until('READY');
    await bench.start();
    expect(bench.engine.starts.map(({ fresh }) => fresh)).toEqual([true, false]);
  });

  it('restores the latest snapshot by its name, and says that it keeps no other', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.start();
    for (const SnapshotName of ['first', 'second']) {
      await bench.client.send(new CreateApplicationSnapshotCommand({ ApplicationName: 'app', SnapshotName }));
    }
    await bench.client.send(new StopApplicationCommand({ ApplicationName: 'app', Force: true }));
    await bench.until('READY');
    const from = (SnapshotName: string): StartApplicationCommandInput => ({
      ApplicationName: 'app',
      RunConfiguration: {
        ApplicationRestoreConfiguration: {
          ApplicationRestoreType: 'RESTORE_FROM_CUSTOM_SNAPSHOT',
          SnapshotName,
        },
      },
    });
    await expect(bench.client.send(new StartApplicationCommand(from('first')))).rejects.toMatchObject({
      name: 'InvalidApplicationConfigurationException',
    });
    await expect(bench.client.send(new StartApplicationCommand(from('third')))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await bench.client.send(new StartApplicationCommand(from('second')));
    await bench.until('RUNNING');
  });

  it('is refused for what runs, has no code, or does not suit the engine', async () => {
    const bench = await fixture.openAnalytics();
    const start = (ApplicationName: string) =>
      bench.client.send(new StartApplicationCommand({ ApplicationName }));
    await expect(start('app')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await bench.create();
    bench.engine.refuses = 'other streams, please';
    await expect(start('app')).rejects.toMatchObject({
      name: 'InvalidApplicationConfigurationException',
      message: 'other streams, please',
    });
    bench.engine.refuses = undefined;
    await bench.start();
    await expect(start('app')).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: 'Application app must be READY for this operation (given RUNNING).',
    });
    await bench.create('empty', { ApplicationConfiguration: {} });
    await expect(start('empty')).rejects.toMatchObject({
      name: 'InvalidApplicationConfigurationException',
      message: expect.stringContaining('has no code'),
    });
  });

  it('is refused where there is no engine', async () => {
    const bench = await fixture.openAnalytics({ engine: null });
    await bench.create();
    await expect(bench.start()).rejects.toMatchObject({ name: 'InvalidApplicationConfigurationException' });
  });

  it.each([
    { SqlRunConfigurations: [] },
    { ApplicationRestoreConfiguration: { ApplicationRestoreType: 'RESTORE_FROM_CUSTOM_SNAPSHOT' } },
    {
      ApplicationRestoreConfiguration: {
        ApplicationRestoreType: 'RESTORE_FROM_LATEST_SNAPSHOT',
        SnapshotName: 's',
      },
    },
  ])('refuses the run configuration %j', async (RunConfiguration) => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    const answer = await bench.raw(
      'StartApplication',
      JSON.stringify({ ApplicationName: 'app', RunConfiguration }),
    );
    expect(answer).toMatchObject({ status: 400, body: { __type: 'InvalidArgumentException' } });
  });

  it('an application that ends by itself is READY, and can be started again', async () => {
    const told: string[] = [];
    const bench = await fixture.openAnalytics({ log: (line) => told.push(line) });
    await bench.create();
    await bench.start();
    bench.engine.running.delete('app');
    bench.engine.ends.get('app')?.(new Error('out of memory'));
    await bench.until('READY');
    expect(told.join()).toContain('app ended: out of memory');
    await bench.start();
  });
});
