import { summarizeOperation } from '../description.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../paging.ts';
import type { OperationRecord } from '../record.ts';
import { APPLICATION_NAME, LIMIT, NEXT_TOKEN } from '../shapes.ts';

const LISTING = {
  kind: 'operations',
  keyOf: ({ sequence }: OperationRecord) => sequence,
  order: 'latest first',
} as const;

/** The latest first. Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ListApplicationOperations.html */
export const listApplicationOperations = operation(
  {
    ApplicationName: APPLICATION_NAME,
    Limit: LIMIT,
    NextToken: NEXT_TOKEN,
    Operation: { type: 'String', min: 1, max: 64 },
    OperationStatus: { type: 'String', oneOf: ['IN_PROGRESS', 'CANCELLED', 'SUCCESSFUL', 'FAILED'] },
  },
  (input, { applications }) => {
    const { operations } = applications.get(input.ApplicationName);
    const asked = operations.filter(
      (each) =>
        (input.Operation ?? each.operation) === each.operation &&
        (input.OperationStatus ?? each.status) === each.status,
    );
    const { items, token } = pageOf(LISTING, asked.reverse(), input);
    return { ApplicationOperationInfoList: items.map(summarizeOperation), ...token };
  },
);
