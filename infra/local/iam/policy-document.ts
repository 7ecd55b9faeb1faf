import { malformedPolicy } from './errors.ts';

/** One statement of a policy whose form was checked. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
}

const SYNTAX = 'Syntax errors in policy.';

/** Members of a policy. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
const POLICY_MEMBERS = new Set(['Version', 'Id', 'Statement']);

const VERSIONS = new Set<unknown>(['2012-10-17', '2008-10-17']);

/** Members of a statement, and what each may be. Same source. */
const STATEMENT_MEMBERS: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['Sid', (value: unknown) => typeof value === 'string'],
  ['Effect', (value: unknown) => value === 'Allow' || value === 'Deny'],
  ['Action', isTextOrTexts],
  ['NotAction', isTextOrTexts],
  ['Resource', isTextOrTexts],
  ['NotResource', isTextOrTexts],
  ['Principal', isPrincipal],
  ['NotPrincipal', isPrincipal],
  ['Condition', isCondition],
]);

/**
 * Checks a policy that says what may be done: an inline one of a role, or a managed one.
 *
 * @throws ServiceError MalformedPolicyDocument
 */
export function checkPolicy(document: string): void {
  const { version, statements } = readDocument(document, SYNTAX);
  if (version !== '2012-10-17') {
    throw malformedPolicy('Policy document must be version 2012-10-17 or greater.');
  }
  for (const statement of statements) {
    if (statement.has('Principal') || statement.has('NotPrincipal')) {
      throw malformedPolicy('Policy document should not specify a principal.');
    }
    if (!statement.has('Effect')) throw malformedPolicy(SYNTAX);
    if (textsOf(statement, 'Action', 'NotAction').length === 0) {
      throw malformedPolicy('Policy statement must contain actions.');
    }
    const resources = textsOf(statement, 'Resource', 'NotResource');
    if (resources.length === 0) throw malformedPolicy('Policy statement must contain resources.');
    for (const resource of resources) checkResource(resource);
  }
  checkActions(statements);
}

/**
 * Checks a policy that says who may assume a role.
 *
 * @throws ServiceError MalformedPolicyDocument
 */
export function checkTrustPolicy(document: string): void {
  const { statements } = readDocument(document, 'This policy contains invalid Json');
  for (const statement of statements) {
    for (const member of ['Resource', 'NotResource']) {
      if (statement.has(member)) throw malformedPolicy(`Has prohibited field ${member}`);
    }
    if (!statement.has('Effect')) throw malformedPolicy('Missing required field Effect');
    const principal = statement.get('Principal');
    if (principal === undefined) throw malformedPolicy('Missing required field Principal');
    if (!statement.has('Action')) throw malformedPolicy('Missing required field Action');
    checkPrincipal(principal as NonNullable<Statement['Principal']>);
    const actions = textsOf(statement, 'Action');
    if (!actions.every((action) => TRUST_ACTION.test(action))) {
      throw malformedPolicy('AssumeRole policy may only specify STS AssumeRole actions.');
    }
  }
  checkActions(statements);
}

/** The statements of a trust policy that was checked before. */
export function statementsOf(document: string): readonly Statement[] {
  const { Statement: given } = JSON.parse(document) as {
    readonly Statement: Statement | readonly Statement[];
  };
  return Array.isArray(given) ? (given as readonly Statement[]) : [given as Statement];
}

/** As AWS answers it: percent-encoded, also what `encodeURIComponent` leaves. Source: https://www.rfc-editor.org/rfc/rfc3986#section-2.3 */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A statement's members by name, each of a sound form. */
type Members = ReadonlyMap<string, unknown>;

function readDocument(
  document: string,
  notJson: string,
): { version: unknown; statements: readonly Members[] } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch {
    throw malformedPolicy(notJson);
  }
  const members = membersOf(parsed);
  for (const name of members.keys()) if (!POLICY_MEMBERS.has(name)) throw malformedPolicy(SYNTAX);
  const version = members.get('Version');
  if (version !== undefined && !VERSIONS.has(version)) throw malformedPolicy(SYNTAX);
  const given = members.get('Statement');
  const statements = (Array.isArray(given) ? (given as readonly unknown[]) : [given]).map(membersOf);
  if (statements.length === 0) throw malformedPolicy(SYNTAX);
  for (const statement of statements) checkStatement(statement);
  const sids = statements.flatMap((statement) => statement.get('Sid') ?? []);
  if (new Set(sids).size < sids.length) {
    throw malformedPolicy('Statement IDs (SID) in a single policy must be unique.');
  }
  return { version, statements };
}

function checkStatement(statement: Members): void {
  for (const [name, value] of statement) {
    if (!STATEMENT_MEMBERS.get(name)?.(value)) throw malformedPolicy(SYNTAX);
  }
  for (const name of ['Action', 'Resource', 'Principal']) {
    if (statement.has(name) && statement.has(`Not${name}`)) throw malformedPolicy(SYNTAX);
  }
}

function membersOf(value: unknown): Members {
  if (!isObject(value)) throw malformedPolicy(SYNTAX);
  return new Map(Object.entries(value));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrTexts(value: unknown): boolean {
  return (
    typeof value === 'string' || (Array.isArray(value) && value.every((text) => typeof text === 'string'))
  );
}

function isPrincipal(value: unknown): boolean {
  return value === '*' || (isObject(value) && Object.values(value).every(isTextOrTexts));
}

function isCondition(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isObject);
}

function textsOf(statement: Members, ...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => (statement.get(name) ?? []) as string | readonly string[]);
}

const TRUST_ACTION = /^(?:\*|sts:(?:\*|AssumeRole\w*\*?|TagSession|SetSourceIdentity|SetContext))$/i;

function checkActions(statements: readonly Members[]): void {
  for (const action of statements.flatMap((statement) => textsOf(statement, 'Action', 'NotAction'))) {
    const [vendor = '', ...rest] = action.split(':');
    if (action === '*') continue;
    if (rest.length === 0) {
      throw malformedPolicy('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
    if (rest.length > 1) throw malformedPolicy('Actions/Condition can contain only one colon.');
    if (!/^[a-zA-Z0-9.-]+$/.test(vendor)) throw malformedPolicy(`Vendor ${vendor} is not valid`);
  }
}

function checkResource(resource: string): void {
  if (resource === '*' || /^arn:[^:]+:[^:]*:[^:]*:[^:]*:./.test(resource)) return;
  if (resource.startsWith('arn:')) throw malformedPolicy('The policy failed legacy parsing');
  throw malformedPolicy(`Resource ${resource} must be in ARN format or "*".`);
}

/** What a principal of each kind looks like. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
const PRINCIPALS: ReadonlyMap<string, RegExp> = new Map([
  ['Service', /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/],
  ['AWS', /^(?:\*|\d{12}|arn:[^:]+:(?:iam|sts)::\d{12}:.+|A[A-Z0-9]{15,})$/],
  ['Federated', /^.+$/],
  ['CanonicalUser', /^[0-9a-f]{64}$/],
]);

function checkPrincipal(principal: NonNullable<Statement['Principal']>): void {
  if (principal === '*') return;
  for (const [kind, given] of Object.entries(principal)) {
    const form = PRINCIPALS.get(kind);
    for (const one of typeof given === 'string' ? [given] : given) {
      if (!form?.test(one)) {
        throw malformedPolicy(`Invalid principal in policy: "${kind.toUpperCase()}":"${one}"`);
      }
    }
  }
}
