import { ListApplicationsCommand } from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('ListApplications', () => {
  it('lists by name, a page at a time', async () => {
    const bench = await fixture.openAnalytics();
    for (const name of ['c', '__proto__', 'a', 'b']) await bench.create(name);
    const seen: (string | undefined)[] = [];
    for (let NextToken: string | undefined, more = true; more; more = NextToken !== undefined) {
      const page = await bench.client.send(new ListApplicationsCommand({ Limit: 3, NextToken }));
      seen.push(...page.ApplicationSummaries!.map(({ ApplicationName }) => ApplicationName));
      NextToken = page.NextToken;
    }
    expect(seen).toEqual(['__proto__', 'a', 'b', 'c']);
    const { ApplicationSummaries } = await bench.client.send(new ListApplicationsCommand({ Limit: 1 }));
    expect(ApplicationSummaries).toEqual([
      {
        ApplicationName: '__proto__',
        ApplicationARN: 'arn:aws:kinesisanalytics:us-west-2:000000000000:application/__proto__',
        ApplicationStatus: 'READY',
        ApplicationVersionId: 1,
        RuntimeEnvironment: 'FLINK-2_2',
      },
    ]);
  });

  it.each([
    [{ NextToken: 'x' }, 'InvalidRequestException'],
    [{ NextToken: Buffer.from('["snapshots","a"]').toString('base64') }, 'InvalidRequestException'],
    [{ NextToken: Buffer.from('["applications",{}]').toString('base64') }, 'InvalidRequestException'],
    [{ Limit: 51 }, 'ValidationException'],
  ])('refuses %j', async (input, type) => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    expect(await bench.raw('ListApplications', JSON.stringify(input))).toMatchObject({
      status: 400,
      body: { __type: type },
    });
  });
});
