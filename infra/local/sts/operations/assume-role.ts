import { createHash } from 'node:crypto';
import { ID_PREFIXES } from '../../iam/identifiers.ts';
import { ServiceError } from '../../protocol/errors.ts';
import { queryOperation } from '../../protocol/query-validation.ts';
import { element, textElement } from '../../protocol/query-xml.ts';
import { credentialsElement } from '../credentials.ts';
import type { Operation } from '../operation.ts';

/** Seconds, unless the request says otherwise. Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const DURATION = 3_600;

const ROLE_ARN = /^arn:[^:]+:iam::(\d{12}):role\/(?:[!-~]+\/)?([\w+=,.@-]{1,64})$/;

/** Temporary credentials of a role. Same source. */
export const assumeRole: Operation = queryOperation(
  {
    RoleArn: { type: 'String', required: true, min: 20, max: 2048 },
    RoleSessionName: { type: 'String', required: true, pattern: '[\\w+=,.@-]*', min: 2, max: 64 },
    DurationSeconds: { type: 'Integer', min: 900, max: 43_200 },
    ExternalId: { type: 'String', pattern: '[\\w+=,.@:\\/-]*', min: 2, max: 1224 },
    SourceIdentity: { type: 'String', pattern: '[\\w+=,.@-]*', min: 2, max: 64 },
  },
  (input, { iam, now }) => {
    const { RoleArn, RoleSessionName, DurationSeconds = DURATION, SourceIdentity } = input;
    const [, account, name] = ROLE_ARN.exec(RoleArn) ?? [];
    if (account === undefined || name === undefined) throw validationError(`${RoleArn} is invalid`);
    const role = iam.role(RoleArn);
    if (role !== undefined && DurationSeconds > role.maxSessionDuration) {
      throw validationError(
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      );
    }
    const session = {
      arn: `arn:aws:sts::${account}:assumed-role/${name}/${RoleSessionName}`,
      userId: `${role?.id ?? unknownRoleId(RoleArn)}:${RoleSessionName}`,
    };
    return (
      credentialsElement(session, now() + DurationSeconds * 1_000) +
      element(
        'AssumedRoleUser',
        textElement('AssumedRoleId', session.userId),
        textElement('Arn', session.arn),
      ) +
      textElement('SourceIdentity', SourceIdentity)
    );
  },
  'Anybody may assume any role, also one that does not exist; session policies and tags are not looked at.',
);

function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

/** The same for the same role each time. */
function unknownRoleId(arn: string): string {
  return ID_PREFIXES.role + createHash('sha256').update(arn).digest('hex').toUpperCase().slice(0, 17);
}
