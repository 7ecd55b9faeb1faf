import { BlockList, isIP } from 'node:net';
import type { SnsError } from './errors.ts';

/** What a filter policy compares. */
export type Scalar = string | number | boolean | null;

/** A message's properties, by name, nested ones by their path with dots, each with all the values that it has. */
export type Properties = ReadonlyMap<string, readonly Scalar[]>;

export type FilterScope = 'MessageAttributes' | 'MessageBody';

/** Says of a message's properties whether a subscription gets it. */
export type FilterPolicy = (properties: Properties) => boolean;

/** One of the values that a property may have; or whether it may be there at all. */
type Condition = ((value: Scalar) => boolean) | { readonly exists: boolean };

/** Makes the error of a policy at fault: Subscribe and SetSubscriptionAttributes word it differently. */
export type Fault = (reason: string) => SnsError;

/** Source: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const LIMITS = { keys: 5, combinations: 150, bytes: 256 * 1024 } as const;

/** Of nested objects; AWS tells none, but a policy of a thousand levels is nobody's. */
const DEEPEST = 100;

/**
 * Compiles a filter policy. Conditions of one property are alternatives, properties must all match, and `$or` lists
 * alternatives. Source: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 *
 * @param text JSON
 * @throws SnsError InvalidParameter, in AWS's words as recorded by the tests of github.com/localstack/localstack
 */
export function compileFilterPolicy(text: string, scope: FilterScope, fault: Fault): FilterPolicy {
  if (Buffer.byteLength(text) > LIMITS.bytes) throw fault('FilterPolicy: Filter policy is too long');
  const policy = parse(text, fault);
  if (Object.keys(policy).length > LIMITS.keys) {
    throw fault('FilterPolicy: Filter policy can not have more than 5 keys');
  }
  const compiled = new PolicyCompiler(scope, fault).all(policy, '', 1, 1);
  if (compiled.combinations > LIMITS.combinations) {
    throw fault('FilterPolicy: Filter policy is too complex');
  }
  return compiled.matches;
}

function parse(text: string, fault: Fault): object {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw fault('FilterPolicy: failed to parse JSON.');
  }
  if (!isObject(policy)) throw fault('FilterPolicy: Filter policy must be a JSON object');
  return policy;
}

interface Compiled {
  readonly matches: FilterPolicy;
  /** Values of all properties, multiplied with each other and with how deep they are. */
  readonly combinations: number;
}

class PolicyCompiler {
  readonly #scope: FilterScope;
  readonly #fault: Fault;

  constructor(scope: FilterScope, fault: Fault) {
    this.#scope = scope;
    this.#fault = fault;
  }

  /** Every property of a policy, or of an object in it. */
  all(policy: object, path: string, depth: number, combinations: number): Compiled {
    if (depth > DEEPEST) throw this.#fault(`FilterPolicy: Filter policy is nested deeper than ${DEEPEST}`);
    const parts: FilterPolicy[] = [];
    let product = combinations;
    for (const [key, value] of Object.entries(policy)) {
      const part = this.#property(key, value, path, depth, product);
      parts.push(part.matches);
      product = part.combinations;
    }
    if (this.#scope === 'MessageAttributes' && depth > 1) {
      throw this.#fault('Filter policy scope MessageAttributes does not support nested filter policy');
    }
    return { matches: (properties) => parts.every((part) => part(properties)), combinations: product };
  }

  #property(key: string, value: unknown, path: string, depth: number, combinations: number): Compiled {
    const name = path === '' ? key : `${path}.${key}`;
    if (isObject(value)) return this.all(value, name, depth + 1, combinations);
    if (!Array.isArray(value)) {
      throw this.#fault(`FilterPolicy: "${key}" must be an object or an array`);
    }
    if (value.length === 0) throw this.#fault('FilterPolicy: Empty arrays are not allowed');
    if (key === '$or' && value.length > 1 && value.every(isAlternative)) {
      return this.#any(value, path, depth, combinations);
    }
    const conditions = value.map((rule: unknown) => condition(rule, this.#fault));
    return {
      matches: (properties) => matchesAny(conditions, properties.get(name)),
      combinations: combinations * value.length * depth,
    };
  }

  #any(alternatives: readonly object[], path: string, depth: number, combinations: number): Compiled {
    const parts = alternatives.map((alternative) => this.all(alternative, path, depth, combinations));
    return {
      matches: (properties) => parts.some(({ matches }) => matches(properties)),
      combinations: parts.reduce((sum, part) => sum + part.combinations, 0),
    };
  }
}

function matchesAny(conditions: readonly Condition[], values: readonly Scalar[] | undefined): boolean {
  return conditions.some((wanted) =>
    typeof wanted === 'function' ? values?.some(wanted) : wanted.exists === (values !== undefined),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** In `$or`: an object of properties, not of operators. */
function isAlternative(value: unknown): value is object {
  return isObject(value) && !Object.keys(value).some((key) => OPERATORS.has(key));
}

function condition(rule: unknown, fault: Fault): Condition {
  if (Array.isArray(rule)) {
    throw fault('FilterPolicy: Match value must be String, number, true, false, or null');
  }
  if (!isObject(rule)) return (value) => value === rule;
  const [[operator, operand] = ['', undefined], ...more] = Object.entries(rule);
  if (more.length > 0) throw fault('FilterPolicy: Only one key allowed in match expression');
  const make = OPERATORS.get(operator);
  if (make === undefined) throw fault(`FilterPolicy: Unrecognized match type ${operator}`);
  return make(operand, fault);
}

type Operator = (operand: unknown, fault: Fault) => Condition;

/** A new operator is a line here. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['prefix', textual('prefix', (text, start) => text.startsWith(start))],
  ['suffix', textual('suffix', (text, end) => text.endsWith(end))],
  ['equals-ignore-case', textual('equals-ignore-case', (a, b) => a.toLowerCase() === b.toLowerCase())],
  ['anything-but', anythingBut],
  ['numeric', numeric],
  ['exists', exists],
  ['cidr', cidr],
]);

function textual(name: string, holds: (value: string, operand: string) => boolean): Operator {
  return (operand, fault) => {
    if (typeof operand !== 'string') {
      throw fault(`FilterPolicy: ${name} match pattern must be a string`);
    }
    return (value) => typeof value === 'string' && holds(value, operand);
  };
}

function anythingBut(operand: unknown, fault: Fault): Condition {
  if (isObject(operand)) {
    const other = Object.keys(operand).find((key) => key !== 'prefix');
    if (other !== undefined) throw fault(`FilterPolicy: Unsupported anything-but pattern: ${other}`);
    const { prefix } = operand;
    if (typeof prefix !== 'string') throw fault('FilterPolicy: prefix match pattern must be a string');
    return (value) => typeof value === 'string' && !value.startsWith(prefix);
  }
  const excluded: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (excluded.some((rule) => typeof rule !== 'string' && typeof rule !== 'number')) {
    throw fault('FilterPolicy: Match value must be String, number, true, false, or null');
  }
  return (value) => value !== null && !excluded.includes(value);
}

function exists(operand: unknown, fault: Fault): Condition {
  if (typeof operand !== 'boolean') {
    throw fault('FilterPolicy: exists match pattern must be either true or false.');
  }
  return { exists: operand };
}

const COMPARISONS: ReadonlyMap<unknown, (value: number, bound: number) => boolean> = new Map([
  ['=', (value, bound) => value === bound],
  ['<', (value, bound) => value < bound],
  ['<=', (value, bound) => value <= bound],
  ['>', (value, bound) => value > bound],
  ['>=', (value, bound) => value >= bound],
]);

/** `["=", 1]`, `["<", 10]`, or a range, its lower bound first: `[">", 0, "<=", 10]`. */
function numeric(operand: unknown, fault: Fault): Condition {
  const [first, from, second, to, ...more] = Array.isArray(operand) ? (operand as unknown[]) : [];
  if (typeof first !== 'string') {
    throw fault(
      `FilterPolicy: Invalid member in numeric match: ${first === undefined ? ']' : String(first)}`,
    );
  }
  const compare = COMPARISONS.get(first);
  if (compare === undefined) {
    throw fault(`FilterPolicy: Unrecognized numeric range operator: ${first}`);
  }
  if (typeof from !== 'number') {
    throw fault(`FilterPolicy: Value of ${first === '=' ? 'equals' : first} must be numeric`);
  }
  if (second === undefined) return (value) => typeof value === 'number' && compare(value, from);
  if (!first.startsWith('>')) throw fault('FilterPolicy: Too many elements in numeric expression');
  if (typeof second !== 'string') throw fault(`FilterPolicy: Bad value in numeric range: ${String(second)}`);
  const compareTop = COMPARISONS.get(second);
  if (compareTop === undefined || !second.startsWith('<')) {
    throw fault(`FilterPolicy: Bad numeric range operator: ${second}`);
  }
  if (typeof to !== 'number') throw fault(`FilterPolicy: Value of ${second} must be numeric`);
  if (to <= from) throw fault('FilterPolicy: Bottom must be less than top');
  if (more.length > 0) throw fault('FilterPolicy: Too many terms in numeric range expression');
  return (value) => typeof value === 'number' && compare(value, from) && compareTop(value, to);
}

function cidr(operand: unknown, fault: Fault): Condition {
  // AWS's own word here is prefix.
  if (typeof operand !== 'string') throw fault('FilterPolicy: prefix match pattern must be a string');
  const [address = '', bits = '', ...more] = operand.split('/');
  if (!operand.includes('/') || more.length > 0) {
    throw fault("FilterPolicy: Malformed CIDR, one '/' required");
  }
  if (!/^\d+$/.test(bits)) throw fault('FilterPolicy: Malformed CIDR, mask bits must be an integer');
  const network = new BlockList();
  try {
    network.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  } catch {
    throw fault(`FilterPolicy: Nonstandard IP address: ${address}`);
  }
  return (value) => {
    const version = typeof value === 'string' ? isIP(value) : 0;
    return version !== 0 && network.check(value as string, version === 6 ? 'ipv6' : 'ipv4');
  };
}

/**
 * What a policy of the scope MessageBody sees of a message: each value by its path, those in arrays under the array's.
 * Undefined unless the message is a JSON object: nothing matches it then.
 */
export function bodyProperties(body: string): Properties | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isObject(parsed)) return undefined;
  const properties = new Map<string, Scalar[]>();
  // A stack of our own: a message may be nested deeper than calls may.
  const rest: [path: string, value: unknown][] = [['', parsed]];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const [path, value] = next;
    if (Array.isArray(value)) {
      for (const element of value) rest.push([path, element]);
    } else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value))
        rest.push([path === '' ? key : `${path}.${key}`, inner]);
    } else {
      const values = properties.get(path);
      if (values === undefined) properties.set(path, [value as Scalar]);
      else values.push(value as Scalar);
    }
  }
  return properties;
}
