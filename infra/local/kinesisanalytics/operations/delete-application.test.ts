import { DeleteApplicationCommand, ListApplicationsCommand } from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('DeleteApplication', () => {
  it('stops one that runs, and leaves nothing', async () => {
    const bench = await fixture.openAnalytics();
    const { CreateTimestamp } = await bench.create();
    await bench.start();
    const release = bench.engine.hold();
    const command = new DeleteApplicationCommand({ ApplicationName: 'app', CreateTimestamp });
    await bench.client.send(command);
    expect((await bench.describe()).ApplicationStatus).toBe('DELETING');
    await expect(bench.client.send(command)).rejects.toMatchObject({ name: 'ResourceInUseException' });
    await expect(bench.create()).rejects.toMatchObject({ name: 'ResourceInUseException' });
    release();
    await expect
      .poll(async () => (await bench.client.send(new ListApplicationsCommand())).ApplicationSummaries)
      .toEqual([]);
    expect(bench.engine.running.size).toBe(0);
    expect(bench.engine.forgotten).toEqual(['app']);
    await bench.create();
  });

  it('needs the time at which the application was made', async () => {
    const bench = await fixture.openAnalytics();
    const { CreateTimestamp } = await bench.create();
    const wrong = new Date(CreateTimestamp!.getTime() + 1_000);
    await expect(
      bench.client.send(new DeleteApplicationCommand({ ApplicationName: 'app', CreateTimestamp: wrong })),
    ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    await expect(
      bench.client.send(new DeleteApplicationCommand({ ApplicationName: 'b', CreateTimestamp })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(await bench.raw('DeleteApplication', '{"ApplicationName":"app"}')).toMatchObject({
      body: { __type: 'ValidationException' },
    });
    await bench.describe();
  });
});
