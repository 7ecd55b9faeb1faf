import { summarizeApplication } from '../description.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../paging.ts';
import { LIMIT, NEXT_TOKEN } from '../shapes.ts';

/** By name, a page at a time. Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ListApplications.html */
export const listApplications = operation(
  { Limit: LIMIT, NextToken: NEXT_TOKEN },
  (input, { applications }) => {
    const { items, token } = pageOf(
      'applications',
      applications.list(),
      ({ name }) => name,
      input,
      'InvalidRequestException',
    );
    return { ApplicationSummaries: items.map(summarizeApplication), ...token };
  },
);
