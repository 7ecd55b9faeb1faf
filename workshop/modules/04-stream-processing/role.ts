import {
  isLambdasOwn,
  type LambdasOwn,
  lambdasOwnFor,
  mayLog,
  mayReadIts,
  type Permission,
  permissionsOf,
  roleOf,
} from '../../check/lambdas-own.ts';
import { type RoleFound, roleNamed, type Statement, trusts } from '../../check/roles.ts';
import { notYet, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { summaryTable } from './table.ts';

/** Lets a function read any stream, and write its log. */
export const KINESIS_POLICY = 'arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole';

/** Lets a function write its log: a part of the other. */
const LOG_POLICY = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

const ACTION = 'dynamodb:BatchWriteItem';

/** Puts aside what is no summary. */
const ASIDE = new Set(['kinesis:putrecord', 'kinesis:putrecords']);

/** What the function's role is judged by. */
interface Needs {
  readonly tableArn: string;
  readonly quarantineArn: string;
  readonly own: LambdasOwn;
}

/**
 * The role of the function lets it do what it has to, and nothing else. What it is called matters as long as there is no
 * function that runs as it: then there is no other way to find it.
 */
export async function checkRole(at: Workbench): Promise<Passed> {
  const name = (await roleOf(at, at.names.processor)) ?? at.names.processorRole;
  await insistOnRole(at, name);
  return passed(
    `the role ${name}`,
    `beside streams and its log, it may do ${ACTION} on ${at.names.table} alone`,
  );
}

/** @throws Unmet for a role that Lambda may not assume, that allows too little, or too much */
export async function insistOnRole(at: Workbench, name: string): Promise<void> {
  const role = await roleNamed(at, name);
  if (!trusts(role, 'lambda.amazonaws.com')) {
    throw wrong({
      looked: `the role ${name}`,
      found: 'Lambda may not assume it',
      expected: 'its trust policy lets lambda.amazonaws.com do sts:AssumeRole',
      next: `aws iam update-assume-role-policy --role-name ${name} --policy-document file://trust-policy.json`,
    });
  }
  checkAttached(role);
  const { TableArn = '' } = await summaryTable(at);
  const needs = await needsAt(at, TableArn);
  checkReading(role, needs);
  checkInline(role, needs);
}

async function needsAt(at: Workbench, tableArn: string): Promise<Needs> {
  const { processor, summaries, quarantine } = at.names;
  const streamArn = (stream: string) =>
    tableArn.replace(':dynamodb:', ':kinesis:').replace(/:table\/.*$/, `:stream/${stream}`);
  const there = (await roleOf(at, processor)) !== undefined;
  const { destinations } = there ? await lambdasOwnFor(at, processor) : { destinations: [] };
  return {
    tableArn,
    quarantineArn: streamArn(quarantine),
    // The mapping comes later than the role: which stream it will be of is known.
    own: { functionName: processor, streams: [streamArn(summaries)], destinations },
  };
}

function checkAttached({ name, attached }: RoleFound): void {
  const more = attached.find((arn) => arn !== KINESIS_POLICY && arn !== LOG_POLICY);
  if (more === undefined) return;
  throw wrong({
    looked: `the policies attached to the role ${name}`,
    found: `${more.split('/').at(-1)}, which allows more than the function does`,
    expected: 'AWSLambdaKinesisExecutionRole alone',
    next: `aws iam detach-role-policy --role-name ${name} --policy-arn ${more}`,
  });
}

/** By the policy that AWS keeps for it, or by statements of its own, which can name the one stream. */
function checkReading(role: RoleFound, { own }: Needs): void {
  const { name, attached } = role;
  if (attached.includes(KINESIS_POLICY)) return;
  const looked = `the policies of the role ${name}`;
  const expected = 'with AWSLambdaKinesisExecutionRole, Lambda may read the stream and write the log';
  const next = `aws iam attach-role-policy --role-name ${name} --policy-arn ${KINESIS_POLICY}`;
  if (!mayReadIts(role, own)) {
    throw notYet({
      looked,
      found: 'AWSLambdaKinesisExecutionRole is not among them, and none lets Lambda read the stream',
      expected,
      next,
    });
  }
  if (attached.includes(LOG_POLICY) || mayLog(role, own)) return;
  throw notYet({
    looked,
    found: `none lets Lambda write the log /aws/lambda/${own.functionName}`,
    expected,
    next,
  });
}

function checkInline({ name, inline }: RoleFound, needs: Needs): void {
  const looked = `the inline policies of the role ${name}`;
  const expected = `one that allows ${ACTION} on ${needs.tableArn}`;
  const put = (policy: string) =>
    `aws iam put-role-policy --role-name ${name} --policy-name ${policy} --policy-document file://table-policy.json`;
  for (const [policy, statements] of Object.entries(inline)) {
    for (const statement of statements) {
      const found = excess(statement, needs);
      if (found !== undefined) {
        throw wrong({ looked, found: `${policy} allows ${found}`, expected, next: put(policy) });
      }
    }
  }
  const allowed = Object.values(inline).flat().filter(allows).flatMap(permissionsOf);
  if (!allowed.some((each) => isWriting(each, needs))) {
    const found = Object.keys(inline).length === 0 ? 'there is none' : `none allows ${ACTION}`;
    throw notYet({ looked, found, expected, next: put('write-summaries') });
  }
}

function allows({ effect }: Statement): boolean {
  return effect === 'Allow';
}

function isWriting({ action, resource }: Permission, { tableArn }: Needs): boolean {
  return action.toLowerCase() === ACTION.toLowerCase() && resource === tableArn;
}

function isNeeded(permission: Permission, needs: Needs): boolean {
  const { action, resource } = permission;
  if (ASIDE.has(action.toLowerCase())) return resource === needs.quarantineArn;
  return isWriting(permission, needs) || isLambdasOwn(permission, needs.own);
}

/** What a statement allows beyond the one action on the one table, and what Lambda does in the function's name. */
function excess(statement: Statement, needs: Needs): string | undefined {
  if (!allows(statement)) return undefined;
  if (statement.inverted) return 'all but what it names';
  const more = permissionsOf(statement).find((each) => !isNeeded(each, needs));
  if (more === undefined) return undefined;
  const { action, resource } = more;
  if (action.includes('*')) return `${action}: a wildcard, and so much more than ${ACTION}`;
  if (action.toLowerCase() !== ACTION.toLowerCase()) {
    return `${action} on ${resource}, which the function does not need`;
  }
  return resource === '*' ? `${ACTION} on * : on every table` : `${ACTION} on ${resource}`;
}
