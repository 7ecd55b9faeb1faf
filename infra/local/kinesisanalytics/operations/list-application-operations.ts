import { summarizeOperation } from '../description.ts';
import { operation } from '../operation.ts';
import { pageOf } from '../paging.ts';
import { APPLICATION_NAME, LIMIT, NEXT_TOKEN } from '../shapes.ts';

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
    const { items, token } = pageOf('operations', asked.reverse(), ({ id }) => id, input);
    return { ApplicationOperationInfoList: items.map(summarizeOperation), ...token };
  },
);
