import { ListTagsForResourceCommand, TagResourceCommand } from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

const ARN = 'arn:aws:kinesisanalytics:us-west-2:000000000000:application/app';

describe('TagResource', () => {
  it('adds tags, in place of those with the same keys', async () => {
    const bench = await fixture.openAnalytics();
    await bench.create('app', { Tags: [{ Key: '__proto__', Value: '1' }, { Key: 'bare' }] });
    const Tags = [
      { Key: '__proto__', Value: '2' },
      { Key: 'a', Value: '' },
    ];
    await bench.client.send(new TagResourceCommand({ ResourceARN: ARN, Tags }));
    const answer = await bench.client.send(new ListTagsForResourceCommand({ ResourceARN: ARN }));
    expect(answer.Tags).toEqual([
      { Key: 'bare', Value: '' },
      { Key: '__proto__', Value: '2' },
      { Key: 'a', Value: '' },
    ]);
  });

  const many = Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}` }));
  it.each([
    [{ Tags: many }, 'TooManyTagsException'],
    [{ Tags: [] }, 'ValidationException'],
    [{ Tags: [{ Key: '' }] }, 'ValidationException'],
    [{ Tags: [{ Key: 'a' }, { Key: 'a' }] }, 'InvalidArgumentException'],
    [{ Tags: [{ Key: 'AWS:a' }] }, 'InvalidArgumentException'],
    [{ ResourceARN: 'arn:aws:s3:::app' }, 'InvalidArgumentException'],
    [{ ResourceARN: 'app' }, 'ValidationException'],
    [{ ResourceARN: `${ARN}2` }, 'ResourceNotFoundException'],
    [{ ResourceARN: ARN.replace('000000000000', '123456789012') }, 'ResourceNotFoundException'],
  ])('refuses %j', async (more, type) => {
    const bench = await fixture.openAnalytics();
    await bench.create();
    const body = { ResourceARN: ARN, Tags: [{ Key: 'a', Value: 'b' }], ...more };
    expect(await bench.raw('TagResource', JSON.stringify(body))).toMatchObject({
      status: 400,
      body: { __type: type },
    });
  });
});
