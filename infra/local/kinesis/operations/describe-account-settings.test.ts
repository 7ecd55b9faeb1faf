import { expect, test } from 'vitest';
import { bench } from '../fixture.ts';

test('tells of no commitment', async () => {
  const b = await bench();
  expect(b.ok('DescribeAccountSettings', {})).toEqual({
    MinimumThroughputBillingCommitment: { Status: 'DISABLED' },
  });
});
