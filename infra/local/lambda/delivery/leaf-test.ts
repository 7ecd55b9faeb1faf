import { BlockList, isIP } from 'node:net';
import { numberIn, writtenNumber } from './number-text.ts';

/** Why something is no event pattern. */
export class PatternError extends Error {}

/** What a pattern asks of one value: at least one of its tests. */
export interface LeafTest {
  /** Also met where there is no value. */
  readonly absent: boolean;
  /** True when it compares a number as it was written. */
  readonly comparesNumbers: boolean;
  /** @param value string, number, boolean or null */
  meets(value: unknown): boolean;
}

type Test = (value: unknown) => boolean;

/**
 * The tests of one path of a pattern.
 *
 * @param tests as parsed by `parseKeepingNumbers`
 * @param where the path, for an error
 * @throws PatternError
 */
export function leafTest(tests: readonly unknown[], where: string): LeafTest {
  if (tests.length === 0) throw new PatternError(`${where}: empty arrays are not allowed`);
  const compiled = tests.flatMap((test) => (isAbsence(test) ? [] : [compile(test, where)]));
  return {
    absent: tests.some(isAbsence),
    comparesNumbers: tests.some((test) => writtenNumber(test) !== undefined),
    meets: (value) => compiled.some((test) => test(value)),
  };
}

function isAbsence(test: unknown): boolean {
  return isExpression(test) && Object.keys(test).length === 1 && test.exists === false;
}

/** A value stands for itself. Numbers are compared as written: 300, 300.0 and 3e2 are three. */
function compile(test: unknown, where: string): Test {
  const written = writtenNumber(test);
  if (written !== undefined) return (value) => writtenNumber(value) === written;
  if (test === null || typeof test === 'string' || typeof test === 'boolean')
    return (value) => value === test;
  if (!isExpression(test)) throw new PatternError(`${where}: an array cannot hold another`);
  const [[name, operand] = ['', undefined], ...more] = Object.entries(test);
  if (more.length > 0) throw new PatternError(`${where}: only one key is allowed in a match expression`);
  const operator = OPERATORS.get(name);
  if (operator === undefined) {
    const known = [...OPERATORS.keys()].join(', ');
    throw new PatternError(`${where}: a match expression is one of ${known} (given ${JSON.stringify(name)})`);
  }
  return operator(operand, `${where}: ${name}`);
}

/** A new operator is a line here. */
const OPERATORS: ReadonlyMap<string, (operand: unknown, where: string) => Test> = new Map([
  ['anything-but', anythingBut],
  ['cidr', cidr],
  ['equals-ignore-case', (operand, where) => onStrings(ignoringCase(text(operand, where)))],
  ['exactly', (operand, where) => same(text(operand, where))],
  ['exists', exists],
  ['numeric', numeric],
  ['prefix', (operand, where) => affix(operand, where, (value, part) => value.startsWith(part))],
  ['suffix', (operand, where) => affix(operand, where, (value, part) => value.endsWith(part))],
  ['wildcard', (operand, where) => onStrings(wildcard(text(operand, where), where))],
]);

function same(expected: string): Test {
  return (value) => value === expected;
}

function onStrings(test: (value: string) => boolean): Test {
  return (value) => typeof value === 'string' && test(value);
}

function ignoringCase(expected: string): (value: string) => boolean {
  const folded = fold(expected);
  return (value) => fold(value) === folded;
}

function fold(value: string): string {
  return value.toLowerCase();
}

/** `{"prefix": "a"}`, `{"prefix": {"equals-ignore-case": "a"}}`, and so with suffix. */
function affix(operand: unknown, where: string, fits: (value: string, part: string) => boolean): Test {
  if (!isExpression(operand)) {
    const part = text(operand, where);
    return onStrings((value) => fits(value, part));
  }
  const part = fold(text(onlyMember(operand, 'equals-ignore-case', where), where));
  return onStrings((value) => fits(fold(value), part));
}

/** Any value but these, of any type; there must be one. Numbers are compared by their values. */
function anythingBut(operand: unknown, where: string): Test {
  if (isExpression(operand)) return anythingButAny(operand, where);
  const listed = Array.isArray(operand) ? (operand as readonly unknown[]) : [operand];
  if (listed.length > 0 && listed.every((one) => typeof one === 'string')) {
    const refused = new Set<unknown>(listed);
    return (value) => !refused.has(value);
  }
  const numbers = listed.map((one) => numberIn(one));
  if (numbers.length === 0 || numbers.includes(undefined)) {
    throw new PatternError(`${where} must be a string, a number, or a list of either`);
  }
  const refused = new Set(numbers.map((number) => comparable(limited(number, where))));
  return (value) => {
    const number = numberIn(value);
    return number === undefined || !refused.has(comparable(number));
  };
}

const REFUSING: ReadonlyMap<string, (part: string, where: string) => (value: string) => boolean> = new Map([
  ['prefix', (part) => (value) => value.startsWith(part)],
  ['suffix', (part) => (value) => value.endsWith(part)],
  ['equals-ignore-case', ignoringCase],
  ['wildcard', wildcard],
]);

function anythingButAny(expression: Expression, where: string): Test {
  const [[name, operand] = ['', undefined], ...more] = Object.entries(expression);
  const refusing = REFUSING.get(name);
  if (refusing === undefined || more.length > 0) {
    throw new PatternError(`${where} takes one of ${[...REFUSING.keys()].join(', ')}`);
  }
  const parts = (Array.isArray(operand) ? (operand as readonly unknown[]) : [operand]).map((one) => {
    const part = text(one, where);
    if (part === '') throw new PatternError(`${where} ${name} must not be empty`);
    return refusing(part, where);
  });
  if (parts.length === 0) throw new PatternError(`${where} ${name} must not be empty`);
  return (value) => typeof value !== 'string' || !parts.some((refuses) => refuses(value));
}

/** `{"exists": false}` is met by no value: see isAbsence. */
function exists(operand: unknown, where: string): Test {
  if (operand !== true) throw new PatternError(`${where} must be true or false`);
  return () => true;
}

type Comparison = (value: number, bound: number) => boolean;

const FROM_BELOW: ReadonlyMap<unknown, Comparison> = new Map([
  ['>', (value, bound) => value > bound],
  ['>=', (value, bound) => value >= bound],
]);

const FROM_ABOVE: ReadonlyMap<unknown, Comparison> = new Map([
  ['<', (value, bound) => value < bound],
  ['<=', (value, bound) => value <= bound],
]);

/** `["=", 1]`, one bound, or the lower and then the upper one. */
function numeric(operand: unknown, where: string): Test {
  if (!Array.isArray(operand)) throw new PatternError(`${where} must be an array`);
  const [first, firstBound, second, secondBound, ...more] = operand as readonly unknown[];
  const from = FROM_BELOW.get(first) ?? FROM_ABOVE.get(first) ?? (first === '=' ? isEqual : undefined);
  if (from === undefined) {
    throw new PatternError(`${where} must begin with =, <, <=, > or >= (given ${JSON.stringify(first)})`);
  }
  const bound = comparable(limited(numberIn(firstBound), where));
  if (operand.length === 2) return onNumbers((value) => from(value, bound));
  const to = FROM_BELOW.has(first) ? FROM_ABOVE.get(second) : undefined;
  if (to === undefined || more.length > 0) throw new PatternError(`${where} has too many elements`);
  const top = comparable(limited(numberIn(secondBound), where));
  if (bound >= top) throw new PatternError(`${where}: the lower bound must be less than the upper`);
  return onNumbers((value) => from(value, bound) && to(value, top));
}

function isEqual(value: number, bound: number): boolean {
  return value === bound;
}

function onNumbers(test: (comparable: number) => boolean): Test {
  return (value) => {
    const number = numberIn(value);
    return number !== undefined && Math.abs(number) <= LARGEST && test(comparable(number));
  };
}

/** Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-numeric-matching */
const LARGEST = 5e9;

/** Six digits after the point count. */
function comparable(value: number): number {
  return Math.round(value * 1e6);
}

function limited(value: number | undefined, where: string): number {
  if (value !== undefined && Math.abs(value) <= LARGEST) return value;
  throw new PatternError(`${where} takes numbers from ${-LARGEST} to ${LARGEST}`);
}

function cidr(operand: unknown, where: string): Test {
  const [address = '', bits = '', ...more] = text(operand, where).split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  if (version === 0 || more.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most) {
    throw new PatternError(`${where} must be a block of addresses such as 10.0.0.0/24`);
  }
  const block = new BlockList();
  block.addSubnet(address, Number(bits), family(version));
  return onStrings((value) => isIP(value) !== 0 && block.check(value, family(isIP(value))));
}

function family(version: number): 'ipv4' | 'ipv6' {
  return version === 4 ? 'ipv4' : 'ipv6';
}

/**
 * `*` stands for any characters or none; `\*` and `\\` for themselves. What is between the stars is looked for once and
 * from left to right, so that no value takes long.
 */
function wildcard(pattern: string, where: string): (value: string) => boolean {
  const parts = [''];
  for (let at = 0; at < pattern.length; at++) {
    let character = pattern.charAt(at);
    if (character === '*') {
      if (pattern.charAt(at + 1) === '*') throw new PatternError(`${where}: ** is not allowed`);
      parts.push('');
      continue;
    }
    if (character === '\\') {
      character = pattern.charAt(++at);
      if (character !== '*' && character !== '\\')
        throw new PatternError(`${where}: \\ escapes * or \\ only`);
    }
    parts.push(`${parts.pop()}${character}`);
  }
  const [first = '', ...middle] = parts;
  const last = middle.pop();
  if (last === undefined) return (value) => value === first;
  return (value) => {
    let at = first.length;
    const end = value.length - last.length;
    if (end < at || !value.startsWith(first) || !value.endsWith(last)) return false;
    for (const part of middle) {
      const found = value.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}

type Expression = Readonly<Record<string, unknown>>;

function isExpression(value: unknown): value is Expression {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && writtenNumber(value) === undefined
  );
}

function onlyMember(expression: Expression, name: string, where: string): unknown {
  const names = Object.keys(expression);
  if (names.length === 1 && names[0] === name) return expression[name];
  throw new PatternError(`${where} takes a string or {"${name}": …}`);
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new PatternError(`${where} must be a string`);
}
