import { randomUUID } from 'node:crypto';
import { conflict, invalidParameter, revisionMismatch } from '../errors.ts';
import { FUNCTION_NAME, QUALIFIER, qualifiedName } from '../functions/function-name.ts';
import { policyOf, withPolicy } from '../functions/policies.ts';
import type { PolicyStatement } from '../functions/stored-function.ts';
import { functionArn } from '../identity.ts';
import { lambdaOperation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
export const addPermission = lambdaOperation(
  201,
  {
    FunctionName: FUNCTION_NAME,
    Qualifier: QUALIFIER,
    StatementId: { type: 'String', required: true, min: 1, max: 100, pattern: '([a-zA-Z0-9-_]+)' },
    Action: { type: 'String', required: true, pattern: '(lambda:[*]|lambda:[a-zA-Z]+|[*])' },
    Principal: { type: 'String', required: true, pattern: '[^\\s]+' },
    SourceArn: { type: 'String', pattern: 'arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:.*' },
    SourceAccount: { type: 'String', pattern: '\\d{12}' },
    EventSourceToken: { type: 'String', max: 256, pattern: '[a-zA-Z0-9._\\-]+' },
    PrincipalOrgID: { type: 'String' },
    FunctionUrlAuthType: { type: 'String', oneOf: ['NONE', 'AWS_IAM'] },
    RevisionId: { type: 'String' },
  },
  (input, { functions }) => {
    const { name, qualifier } = qualifiedName(input.FunctionName, input.Qualifier);
    const { function: found } = functions.changeable(name, qualifier);
    const policy = policyOf(found, qualifier);
    if (input.RevisionId !== undefined && input.RevisionId !== policy?.revisionId) {
      throw revisionMismatch('GetPolicy');
    }
    const { StatementId } = input;
    const statements = policy?.statements ?? [];
    if (statements.some(({ Sid }) => Sid === StatementId)) {
      throw conflict(
        `The statement id (${StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      );
    }
    const condition = conditionOf(input);
    const statement: PolicyStatement = {
      Sid: StatementId,
      Effect: 'Allow',
      Principal: principalOf(input.Principal),
      Action: input.Action,
      Resource: functionArn(name, qualifier),
      ...(condition === undefined ? {} : { Condition: condition }),
    };
    functions.put(
      withPolicy(found, qualifier, { revisionId: randomUUID(), statements: [...statements, statement] }),
    );
    return { Statement: JSON.stringify(statement) };
  },
  'Permissions are kept and told, and not enforced: credentials are not checked.',
);

function principalOf(given: string): unknown {
  if (given === '*') return '*';
  if (/^[a-z0-9.-]+\.amazon(?:aws)?\.com$/.test(given)) return { Service: given };
  if (/^\d{12}$/.test(given)) return { AWS: `arn:aws:iam::${given}:root` };
  if (/^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:.+$/.test(given)) return { AWS: given };
  throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
}

interface Conditions {
  readonly SourceAccount: string | undefined;
  readonly SourceArn: string | undefined;
  readonly EventSourceToken: string | undefined;
  readonly PrincipalOrgID: string | undefined;
  readonly FunctionUrlAuthType: string | undefined;
}

function conditionOf(given: Conditions): object | undefined {
  const equals = Object.fromEntries(
    [
      ['AWS:SourceAccount', given.SourceAccount],
      ['lambda:EventSourceToken', given.EventSourceToken],
      ['aws:PrincipalOrgID', given.PrincipalOrgID],
      ['lambda:FunctionUrlAuthType', given.FunctionUrlAuthType],
    ].filter(([, value]) => value !== undefined),
  );
  const condition = {
    ...(Object.keys(equals).length === 0 ? {} : { StringEquals: equals }),
    ...(given.SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': given.SourceArn } }),
  };
  return Object.keys(condition).length === 0 ? undefined : condition;
}
