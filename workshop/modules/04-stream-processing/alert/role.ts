import { isLambdasOwn, type LambdasOwn, permissionsOf } from '../../../check/lambdas-own.ts';
import { type RoleFound, roleNamed, type Statement } from '../../../check/roles.ts';
import { couldNotCheck, notYet, wrong } from '../../../finding.ts';
import type { Workbench } from '../../../workbench.ts';

/** Reads a stream, and writes logs. Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaKinesisExecutionRole.html */
const MANAGED = 'arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole';

/** What may be attached; the second is a part of the first. */
const ATTACHED = /^arn:[^:]*:iam::aws:policy\/service-role\/AWSLambda(Kinesis|Basic)ExecutionRole$/;

/**
 * The role lets the function read its stream and publish to the topic, and nothing that it does not need.
 *
 * @param own what Lambda does in the function's name, which it may allow too
 * @throws Unmet for what is missing, or broader
 */
export async function checkAlertRole(
  at: Workbench,
  roleName: string,
  topicArn: string,
  own: LambdasOwn,
): Promise<void> {
  const role = await roleNamed(at, roleName);
  const looked = `the role ${roleName}`;
  const expected = `AWSLambdaKinesisExecutionRole, sns:Publish on ${topicArn}, and what the state needs on the table ${at.names.alertTable}`;
  const broader = tooMuch(role, topicArn, own);
  if (broader !== undefined) {
    throw wrong({
      looked,
      found: broader.found,
      expected,
      next: `${broader.command} --role-name ${roleName} ${broader.rest}`,
    });
  }
  const unread = role.attached.find((arn) => !ATTACHED.test(arn));
  if (unread !== undefined) {
    throw couldNotCheck({
      looked,
      found: `the policy ${unread} is attached to it, which is not looked into`,
      expected,
      next: `aws iam detach-role-policy --role-name ${roleName} --policy-arn ${unread}, and aws iam put-role-policy with its statements`,
    });
  }
  if (
    !role.attached.some((arn) => arn.endsWith('KinesisExecutionRole')) &&
    !allows(role, 'kinesis:getrecords')
  ) {
    throw notYet({
      looked,
      found: 'it may not read a stream',
      expected,
      next: `aws iam attach-role-policy --role-name ${roleName} --policy-arn ${MANAGED}`,
    });
  }
  if (!allows(role, 'sns:publish')) {
    throw notYet({
      looked,
      found: 'it may not publish to the topic',
      expected,
      next: `aws iam put-role-policy --role-name ${roleName} --policy-name alert --policy-document file://my-rydes/04-stream-processing/alert-policy.json`,
    });
  }
}

/** The first permission that is broader than it need be, and the command that takes it away. */
function tooMuch(
  { attached, inline }: RoleFound,
  topicArn: string,
  own: LambdasOwn,
): { readonly found: string; readonly command: string; readonly rest: string } | undefined {
  const foreign = attached.find((arn) => /^arn:[^:]*:iam::aws:/.test(arn) && !ATTACHED.test(arn));
  if (foreign !== undefined) {
    return {
      found: `the policy ${foreign} is attached to it, which allows far more than it needs`,
      command: 'aws iam detach-role-policy',
      rest: `--policy-arn ${foreign}`,
    };
  }
  for (const [policy, statements] of Object.entries(inline)) {
    for (const statement of statements) {
      const found = broadness(statement, topicArn, own);
      if (found !== undefined) {
        return {
          found: `its policy ${policy} ${found}`,
          command: 'aws iam put-role-policy',
          rest: `--policy-name ${policy} --policy-document file://my-rydes/04-stream-processing/alert-policy.json`,
        };
      }
    }
  }
  return undefined;
}

function broadness(statement: Statement, topicArn: string, own: LambdasOwn): string | undefined {
  if (statement.effect !== 'Allow') return undefined;
  if (statement.inverted) return 'allows all but what it names (NotAction or NotResource)';
  const others = permissionsOf(statement).filter((each) => !isLambdasOwn(each, own));
  const actions = [...new Set(others.map(({ action }) => action))];
  const resources = [...new Set(others.map(({ resource }) => resource))];
  const wild = actions.find((action) => /[*?]/.test(action));
  if (wild !== undefined) return `allows ${wild}: every action that it matches`;
  const foreign = actions.find((action) => /^sns:(?!publish$)/i.test(action));
  if (foreign !== undefined) return `allows ${foreign}, which an alert does not need`;
  const anywhere = resources.find((resource) => /[*?]/.test(resource));
  if (anywhere !== undefined)
    return `allows ${actions.join(', ')} on Resource ${anywhere}: on all that it matches`;
  const other = resources.find((resource) => /^arn:[^:]*:sns:/.test(resource) && resource !== topicArn);
  return other === undefined ? undefined : `allows publishing to another topic, ${other}`;
}

function allows({ inline }: RoleFound, action: string): boolean {
  return Object.values(inline)
    .flat()
    .some(
      ({ effect, actions }) => effect === 'Allow' && actions.some((each) => each.toLowerCase() === action),
    );
}
