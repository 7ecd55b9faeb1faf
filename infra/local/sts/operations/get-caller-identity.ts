import { LOCAL } from '../../../../telemetry/topology.ts';
import { queryOperation } from '../../protocol/query-validation.ts';
import { textElement } from '../../protocol/query-xml.ts';
import type { Operation } from '../operation.ts';

/** Who calls. Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const getCallerIdentity: Operation = queryOperation(
  {},
  (_input, { caller }) =>
    textElement('Arn', caller.arn) +
    textElement('UserId', caller.userId) +
    textElement('Account', LOCAL.accountId),
  'Whoever calls is the root user of account 000000000000, or the role that was assumed with AssumeRole.',
);
