import { subscriptionsXml } from '../answer.ts';
import type { Operation } from '../operation.ts';
import { page } from '../paging.ts';
import { subscriptionArn } from '../subscriptions.ts';

/** Lists the subscriptions of all topics. Source: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html */
export const listSubscriptions: Operation = (fields, { subscriptions }) => {
  const { items, token } = page(subscriptions.all(), subscriptionArn, fields.get('NextToken'));
  return `${subscriptionsXml(items)}${token}`;
};
