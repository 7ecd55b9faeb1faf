import { type RoleFound, roleNamed, type Statement, trusts } from '../../check/roles.ts';
import { notYet, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { summaryTable } from './table.ts';

/** Lets a function read any stream, and write its log. */
export const KINESIS_POLICY = 'arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole';

/** Lets a function write its log: a part of the other. */
const LOG_POLICY = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

const ACTION = 'dynamodb:BatchWriteItem';

/** The role lets the function do what it has to, and nothing else. */
export async function checkRole(at: Workbench): Promise<Passed> {
  const name = at.names.processorRole;
  const looked = `the role ${name}`;
  const role = await roleNamed(at, name);
  if (!trusts(role, 'lambda.amazonaws.com')) {
    throw wrong({
      looked,
      found: 'Lambda may not assume it',
      expected: 'its trust policy lets lambda.amazonaws.com do sts:AssumeRole',
      next: `aws iam update-assume-role-policy --role-name ${name} --policy-document file://trust-policy.json`,
    });
  }
  checkAttached(role);
  const { TableArn = '' } = await summaryTable(at);
  checkInline(role, TableArn);
  return passed(looked, `beside streams and its log, it may do ${ACTION} on ${at.names.table} alone`);
}

function checkAttached({ name, attached }: RoleFound): void {
  const looked = `the policies attached to the role ${name}`;
  const more = attached.find((arn) => arn !== KINESIS_POLICY && arn !== LOG_POLICY);
  if (more !== undefined) {
    throw wrong({
      looked,
      found: `${more.split('/').at(-1)}, which allows more than the function does`,
      expected: 'AWSLambdaKinesisExecutionRole alone',
      next: `aws iam detach-role-policy --role-name ${name} --policy-arn ${more}`,
    });
  }
  if (!attached.includes(KINESIS_POLICY)) {
    throw notYet({
      looked,
      found: 'AWSLambdaKinesisExecutionRole is not among them',
      expected: 'it is: with it, Lambda may read the stream and write the log',
      next: `aws iam attach-role-policy --role-name ${name} --policy-arn ${KINESIS_POLICY}`,
    });
  }
}

function checkInline({ name, inline }: RoleFound, tableArn: string): void {
  const looked = `the inline policies of the role ${name}`;
  const expected = `one that allows ${ACTION} on ${tableArn}`;
  const put = (policy: string) =>
    `aws iam put-role-policy --role-name ${name} --policy-name ${policy} --policy-document file://table-policy.json`;
  for (const [policy, statements] of Object.entries(inline)) {
    for (const statement of statements) {
      const found = excess(statement, tableArn);
      if (found !== undefined) {
        throw wrong({ looked, found: `${policy} allows ${found}`, expected, next: put(policy) });
      }
    }
  }
  if (!Object.values(inline).flat().some(allows)) {
    const found = Object.keys(inline).length === 0 ? 'there is none' : `none allows ${ACTION}`;
    throw notYet({ looked, found, expected, next: put('write-summaries') });
  }
}

function allows({ effect }: Statement): boolean {
  return effect === 'Allow';
}

/** What a statement allows beyond the one action on the one table. */
function excess(statement: Statement, tableArn: string): string | undefined {
  if (!allows(statement)) return undefined;
  if (statement.inverted) return 'all but what it names';
  const action = statement.actions.find((each) => each.toLowerCase() !== ACTION.toLowerCase());
  if (action?.includes('*')) return `${action}: a wildcard, and so much more than ${ACTION}`;
  if (action !== undefined) return `${action}, which the function does not need`;
  const resource = statement.resources.find((each) => each !== tableArn);
  if (resource === '*') return `${ACTION} on * : on every table`;
  if (resource !== undefined) return `${ACTION} on ${resource}`;
  return undefined;
}
