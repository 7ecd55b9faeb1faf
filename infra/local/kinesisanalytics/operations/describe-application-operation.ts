import { describeOperation } from '../description.ts';
import { notFound } from '../errors.ts';
import { operation } from '../operation.ts';
import { APPLICATION_NAME, OPERATION_ID } from '../shapes.ts';

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_DescribeApplicationOperation.html */
export const describeApplicationOperation = operation(
  { ApplicationName: APPLICATION_NAME, OperationId: { ...OPERATION_ID, required: true } },
  ({ ApplicationName, OperationId }, { applications }) => {
    const { operations } = applications.get(ApplicationName);
    const found = operations.find(({ id }) => id === OperationId);
    if (found === undefined) throw notFound(`Operation ${OperationId} of application ${ApplicationName}`);
    return { ApplicationOperationInfoDetails: describeOperation(found) };
  },
  'The latest 100 operations of each application are known.',
);
