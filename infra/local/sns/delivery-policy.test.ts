import { describe, expect, it } from 'vitest';
import {
  delayBefore,
  HTTP_RETRIES,
  MAIL_RETRIES,
  MANAGED_RETRIES,
  type RetryPolicy,
  subscriptionPolicy,
  topicPolicy,
} from './delivery-policy.ts';
import { invalidParameter } from './errors.ts';

function delays(policy: RetryPolicy, most = 60): (number | undefined)[] {
  const all: (number | undefined)[] = [];
  for (let retry = 1; retry <= most; retry++) {
    const delay = delayBefore(policy, retry);
    if (delay === undefined) break;
    all.push(delay / 1000);
  }
  return all;
}

describe('delays before retries', () => {
  it('are of HTTP three times 20 s', () => {
    expect(delays(HTTP_RETRIES)).toEqual([20, 20, 20]);
  });

  it('are of functions none, then 1 s, then growing to 20 s', () => {
    const all = delays(MANAGED_RETRIES);
    expect(all.slice(0, 6)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(all.slice(14, 17)).toEqual([20, 20, 20]);
    expect(all).toEqual([...all].sort((a, b) => (a ?? 0) - (b ?? 0)));
    expect(delayBefore(MANAGED_RETRIES, 100_015)).toBe(20_000);
    expect(delayBefore(MANAGED_RETRIES, 100_016)).toBeUndefined();
  });

  it('are of mail fifty, up to ten minutes', () => {
    const all = delays(MAIL_RETRIES);
    expect([all.length, all[0], all[2], all[11], all[49]]).toEqual([50, 10, 10, 600, 600]);
  });
});

describe('delivery policies', () => {
  const topic = topicPolicy(
    '{"http":{"defaultHealthyRetryPolicy":{"numRetries":5,"minDelayTarget":1},"disableSubscriptionOverrides":true}}',
    invalidParameter,
  );

  it('of a topic count where the subscription says nothing, or may not', () => {
    const free = { ...topic, overrides: false };
    const own = '{"healthyRetryPolicy":{"numRetries":9}}';
    expect(subscriptionPolicy(undefined, free, invalidParameter).retries.numRetries).toBe(5);
    expect(subscriptionPolicy(own, free, invalidParameter).retries).toMatchObject({
      numRetries: 9,
      minDelayTarget: 1,
    });
    expect(subscriptionPolicy(own, topic, invalidParameter).retries.numRetries).toBe(5);
  });

  it.each([
    ['{', 'failed to parse JSON'],
    ['null', 'it must be a JSON object'],
    ['{"healthyRetryPolicy":[]}', 'healthyRetryPolicy must be a JSON object'],
    ['{"healthyRetryPolicy":{"numRetries":1.5}}', 'numRetries must be from 0 to 100 (given 1.5)'],
    ['{"healthyRetryPolicy":{"maxDelayTarget":3601}}', 'maxDelayTarget must be from 1 to 3600'],
    ['{"healthyRetryPolicy":{"numNoDelayRetries":6}}', 'numRetries must not be less than'],
    ['{"healthyRetryPolicy":{"backoffFunction":"constructor"}}', 'backoffFunction must be one of'],
    ['{"requestPolicy":{"headerContentType":"a\\r\\nb"}}', 'headerContentType must be a media type'],
  ])('refuse %s', (text, reason) => {
    expect(() => subscriptionPolicy(text, topic, invalidParameter)).toThrow(reason);
  });
});
