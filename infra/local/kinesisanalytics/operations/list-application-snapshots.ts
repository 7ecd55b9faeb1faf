import { describeSnapshot } from '../description.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../paging.ts';
import { APPLICATION_NAME, LIMIT, NEXT_TOKEN } from '../shapes.ts';

/** The latest first. Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ListApplicationSnapshots.html */
export const listApplicationSnapshots = operation(
  { ApplicationName: APPLICATION_NAME, Limit: LIMIT, NextToken: NEXT_TOKEN },
  (input, { applications }) => {
    const { snapshots } = applications.get(input.ApplicationName);
    const { items, token } = pageOf('snapshots', snapshots.toReversed(), ({ name }) => name, input);
    return { SnapshotSummaries: items.map(describeSnapshot), ...token };
  },
);
