import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('DescribeApplicationOperation', () => {
  it('tells of one operation, and of no other application’s', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    await bench.create('b');
    const id = await bench.start();
    const shown = await bench.operation(id);
    expect(shown).toEqual({
      Operation: 'StartApplication',
      OperationStatus: 'SUCCESSFUL',
      StartTime: expect.any(Date),
      EndTime: expect.any(Date),
    });
    for (const [operation, name] of [
      [id, 'b'],
      ['constructor', 'app'],
      [id, 'c'],
    ] as const) {
      await expect(bench.operation(operation, name)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    }
  });
});
