import { summarizeApplication } from '../description.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../paging.ts';
import type { ApplicationRecord } from '../record.ts';
import { LIMIT, NEXT_TOKEN } from '../shapes.ts';

const LISTING = {
  kind: 'applications',
  keyOf: ({ name }: ApplicationRecord) => name,
  order: 'by key',
  error: 'InvalidRequestException',
} as const;

/** By name, a page at a time. Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ListApplications.html */
export const listApplications = operation(
  { Limit: LIMIT, NextToken: NEXT_TOKEN },
  (input, { applications }) => {
    const { items, token } = pageOf(LISTING, applications.list(), input);
    return { ApplicationSummaries: items.map(summarizeApplication), ...token };
  },
);
