import { describeSnapshot } from '../description.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../paging.ts';
import type { Snapshot } from '../record.ts';
import { APPLICATION_NAME, LIMIT, NEXT_TOKEN } from '../shapes.ts';

const LISTING = {
  kind: 'snapshots',
  keyOf: ({ sequence }: Snapshot) => sequence,
  order: 'latest first',
} as const;

/** The latest first. Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ListApplicationSnapshots.html */
export const listApplicationSnapshots = operation(
  { ApplicationName: APPLICATION_NAME, Limit: LIMIT, NextToken: NEXT_TOKEN },
  (input, { applications }) => {
    const { snapshots } = applications.get(input.ApplicationName);
    const { items, token } = pageOf(LISTING, snapshots.toReversed(), input);
    return { SnapshotSummaries: items.map(describeSnapshot), ...token };
  },
);
