import { operation } from '../operation.ts';
import { pageOf } from '../paging.ts';
import type { Version } from '../record.ts';
import { APPLICATION_NAME, LIMIT, NEXT_TOKEN } from '../shapes.ts';

const LISTING = { kind: 'versions', keyOf: ({ id }: Version) => id, order: 'latest first' } as const;

/** The latest first. Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ListApplicationVersions.html */
export const listApplicationVersions = operation(
  { ApplicationName: APPLICATION_NAME, Limit: LIMIT, NextToken: NEXT_TOKEN },
  (input, { applications }) => {
    const { versions, status } = applications.get(input.ApplicationName);
    const { items, token } = pageOf(LISTING, versions.toReversed(), input);
    return {
      ApplicationVersionSummaries: items.map(({ id }) => ({
        ApplicationVersionId: id,
        ApplicationStatus: status,
      })),
      ...token,
    };
  },
);
