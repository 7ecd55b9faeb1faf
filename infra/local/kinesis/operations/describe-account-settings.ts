import { operation } from '../operation.ts';

/**
 * That the account has not committed itself to paying for a minimum of throughput: it cannot, here.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeAccountSettings.html
 */
export const describeAccountSettings = operation({}, () => ({
  MinimumThroughputBillingCommitment: { Status: 'DISABLED' },
}));
