import { type Resource, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role, type ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import type { Permission } from '../../processor/manifest.ts';
import { flatText } from './flat-text.ts';
import { suppress } from './nag.ts';
import type { Arns, Names } from './names.ts';
import { physicalName } from './physical-name.ts';
import { reasonFor } from './reasons.ts';

/** One statement of a policy, and why it is there. */
export interface Reasoned {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly reason: string;
  /** Why resources are all there are: AWS offers nothing narrower. Needed for a `*`, and only there. */
  readonly wildcard?: string;
}

/** A statement as it was allowed: for the list of all of them. Its resources are text, as `flatText` writes them. */
export interface Allowed extends Reasoned {
  readonly stack: string;
  /**
   * What has the policy, a role or a resource that lets others in: its name, or where it stands in its stack, if
   * CloudFormation names it.
   */
  readonly role: string;
}

const allowed = new WeakMap<IConstruct, Allowed[]>();

/** All statements that were allowed in an app, in the order in which they were. */
export function statementsOf(app: IConstruct): readonly Allowed[] {
  return allowed.get(app) ?? [];
}

/**
 * Allows a role something, in its inline policy.
 *
 * @throws Error for a wildcard without a reason of its own
 */
export function allow(role: Role, statement: Reasoned): void {
  const { actions, resources, wildcard } = statement;
  writeDown(role, statement);
  role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  for (const resource of resources) accountForWildcard(role, resource, wildcard);
}

/** Who is allowed something by the policy of a resource: roles or accounts by their ARNs, or a service of AWS. */
type Principal = { readonly AWS: readonly string[] } | { readonly Service: string };

/**
 * Allows somebody something on a resource that has a policy of its own, and is an L1.
 *
 * @param source ARN of what a service must be acting for, in this account
 * @returns the document for the resource
 * @throws Error as `allow` does
 */
export function policyOn(
  resource: Construct,
  principal: Principal,
  statements: readonly Reasoned[],
  source?: string,
): PolicyText {
  const Condition = source && {
    StringEquals: { 'aws:SourceAccount': Stack.of(resource).account },
    ArnEquals: { 'aws:SourceArn': source },
  };
  return {
    Version: '2012-10-17',
    Statement: statements.map((statement) => {
      writeDown(resource, statement);
      const { actions, resources } = statement;
      return {
        Effect: 'Allow',
        Principal: principal,
        Action: actions,
        Resource: resources,
        ...(Condition && { Condition }),
      };
    }),
  };
}

/** A policy as IAM takes it. */
interface PolicyText {
  readonly Version: '2012-10-17';
  readonly Statement: readonly object[];
}

/** Under which conditions a service may: that it is on behalf of this account, at least. */
export interface OnBehalf extends Reasoned {
  readonly conditions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Allows a service of AWS something, in the policy of what it is let into.
 *
 * @throws Error as `allow` does
 */
export function allowService(into: Resource & Guarded, service: ServicePrincipal, statement: OnBehalf): void {
  const { actions, resources, conditions } = statement;
  writeDown(into, statement);
  into.addToResourcePolicy(
    new PolicyStatement({
      principals: [service],
      actions: [...actions],
      resources: [...resources],
      conditions: { ...conditions },
    }),
  );
}

/** What has a policy of its own. */
interface Guarded {
  addToResourcePolicy(statement: PolicyStatement): unknown;
}

function writeDown(holder: Construct, statement: Reasoned): void {
  const { actions, resources, wildcard } = statement;
  if (actions.some((action) => action.includes('*')))
    throw new Error(`${actions.join()} must not have wildcards`);
  if (resources.includes('*') !== (wildcard !== undefined)) {
    throw new Error(`${actions.join()} on * must say why AWS offers nothing narrower, and nothing else must`);
  }
  const stack = Stack.of(holder);
  const app = holder.node.root;
  const known = allowed.get(app) ?? [];
  known.push({
    ...statement,
    resources: resources.map((resource) => flatText(stack.resolve(resource))),
    stack: stack.stackName,
    role:
      physicalName(holder.node.defaultChild ?? holder) ?? holder.node.path.slice(stack.node.path.length + 1),
  });
  allowed.set(app, known);
}

/** What judges policies asks about every `*` in a resource: here is the answer. */
function accountForWildcard(role: Role, resource: string, wildcard: string | undefined): void {
  const text = flatText(Stack.of(role).resolve(resource));
  if (!text.includes('*')) return;
  suppress(
    role,
    `AwsSolutions-IAM5[Resource::${text}]`,
    wildcard ?? 'what is in it has names that nobody knows beforehand; it is no wider than this one place',
  );
}

/**
 * The policy of a role that has been allowed something: what a service looks at when it makes a thing waits for it. The
 * role alone is waited for anyway, by whoever names it.
 */
export function policyOf(role: Role): IConstruct {
  return role.node.findChild('DefaultPolicy');
}

/**
 * A manifest's permission as a statement: on exactly what it names.
 *
 * @param searchArn of the search domain, for permissions on it
 */
export function statementFor(
  { action, on }: Permission,
  stack: Named,
  searchArn: string | undefined,
): Reasoned {
  return {
    actions: [action],
    resources: resourcesOf(action, on, stack, searchArn),
    reason: 'search' in on ? reasonFor(action, operationOf(on.search)) : reasonFor(action),
  };
}

/** What knows what things are called: a stack. */
interface Named {
  readonly names: Names;
  readonly arns: Arns;
}

/** Actions of S3 that are on a bucket itself; the others are on its objects. */
const ON_BUCKET = new Set(['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads']);

function resourcesOf(
  action: string,
  on: Permission['on'],
  { arns, names }: Named,
  searchArn: string | undefined,
): string[] {
  if ('table' in on) return [arns.table(on.table)];
  if ('topic' in on) return [arns.topic(on.topic)];
  if ('stream' in on) return [arns.stream(on.stream)];
  if ('bucket' in on) {
    const bucket = arns.bucket(on.bucket);
    return [ON_BUCKET.has(action) ? bucket : `${bucket}/${on.prefix ?? ''}*`];
  }
  if (searchArn === undefined) throw new Error(`${action} is on a search domain, and there is none`);
  return on.search.map((path) => `${searchArn}/${names.inPath(path)}`);
}

/** The operation that paths of a search domain are of: `_bulk` alone, or of an index: `logs/_refresh`. */
function operationOf(paths: readonly string[]): string {
  const operations = new Set(paths.map((path) => /(?:^|\/)(_\w+)/.exec(path)?.[1]));
  const [operation] = operations;
  if (operations.size === 1 && operation !== undefined) return operation;
  throw new Error(`paths must be of one operation (given ${paths.join(', ')})`);
}
