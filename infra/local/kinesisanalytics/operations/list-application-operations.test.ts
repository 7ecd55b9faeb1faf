import {
  ListApplicationOperationsCommand,
  type ListApplicationOperationsCommandInput,
  StopApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('ListApplicationOperations', () => {
  it('lists the latest first, by kind and by status, a page at a time', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    const first = await bench.start();
    const stopped = await bench.client.send(new StopApplicationCommand({ ApplicationName: 'app' }));
    await bench.until('READY');
    const second = await bench.start();
    const list = async (more: Partial<ListApplicationOperationsCommandInput> = {}) => {
      const command = new ListApplicationOperationsCommand({ ApplicationName: 'app', ...more });
      const { ApplicationOperationInfoList = [], NextToken } = await bench.client.send(command);
      return { ids: ApplicationOperationInfoList.map(({ OperationId }) => OperationId), NextToken };
    };
    expect((await list()).ids).toEqual([second, stopped.OperationId, first]);
    expect((await list({ Operation: 'StartApplication' })).ids).toEqual([second, first]);
    expect((await list({ OperationStatus: 'FAILED' })).ids).toEqual([]);
    const { ids, NextToken } = await list({ Limit: 2 });
    expect(ids).toEqual([second, stopped.OperationId]);
    expect(await list({ NextToken })).toEqual({ ids: [first], NextToken: undefined });
    await expect(list({ ApplicationName: 'b' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
