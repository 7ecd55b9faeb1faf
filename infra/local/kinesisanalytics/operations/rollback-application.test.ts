import { RollbackApplicationCommand, UpdateApplicationCommand } from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('RollbackApplication', () => {
  it('starts the application anew as it was before its update, as a further version', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.start();
    const rollBack = (CurrentApplicationVersionId: number) =>
      bench.client.send(
        new RollbackApplicationCommand({ ApplicationName: 'app', CurrentApplicationVersionId }),
      );
    await expect(rollBack(1)).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await bench.client.send(
      new UpdateApplicationCommand({
        ApplicationName: 'app',
        CurrentApplicationVersionId: 1,
        RuntimeEnvironmentUpdate: 'FLINK-2_3',
      }),
    );
    await bench.until('RUNNING');
    await expect(rollBack(1)).rejects.toMatchObject({ name: 'ConcurrentModificationException' });
    const { ApplicationDetail, OperationId } = await rollBack(2);
    expect(ApplicationDetail).toMatchObject({
      ApplicationStatus: 'ROLLING_BACK',
      ApplicationVersionId: 3,
      ApplicationVersionRolledBackFrom: 2,
      ApplicationVersionRolledBackTo: 1,
      RuntimeEnvironment: 'FLINK-2_2',
    });
    await bench.until('RUNNING');
    expect(await bench.operation(OperationId)).toMatchObject({ OperationStatus: 'SUCCESSFUL' });
  });

  it('ends an update that hangs', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.start();
    const update = (CurrentApplicationVersionId: number) =>
      bench.client.send(
        new UpdateApplicationCommand({ ApplicationName: 'app', CurrentApplicationVersionId }),
      );
    await update(1);
    await bench.until('RUNNING');
    const release = bench.engine.hold();
    const { OperationId } = await update(2);
    await bench.client.send(
      new RollbackApplicationCommand({ ApplicationName: 'app', CurrentApplicationVersionId: 3 }),
    );
    release();
    await bench.until('RUNNING');
    expect(await bench.operation(OperationId)).toMatchObject({ OperationStatus: 'CANCELLED' });
    expect([...bench.engine.running]).toEqual(['app']);
  });

  it('is refused for what does not run, and without a snapshot', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create('app', {});
    await bench.client.send(
      new UpdateApplicationCommand({ ApplicationName: 'app', CurrentApplicationVersionId: 1 }),
    );
    const rollBack = new RollbackApplicationCommand({
      ApplicationName: 'app',
      CurrentApplicationVersionId: 2,
    });
    await expect(bench.client.send(rollBack)).rejects.toMatchObject({ name: 'ResourceInUseException' });
    await bench.start();
    await expect(bench.client.send(rollBack)).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining('no snapshot'),
    });
  });
});
