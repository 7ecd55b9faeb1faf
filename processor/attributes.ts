import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { quote } from '../telemetry/excerpt.ts';

/**
 * Levels that a value may have, an attribute's own value the first: 31 lists or maps around a number.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const DEEPEST = 32;

/**
 * What keeps an item from being written as attributes of DynamoDB; undefined if nothing does.
 *
 * lib-dynamodb throws for such an item when the request is made, with the same kind of error as a network that fails;
 * so what can never be sent is told beforehand, and only what another attempt may cure is left to fail.
 * Source: https://github.com/aws/aws-sdk-js-v3/issues/2158
 *
 * @returns the attribute, what it must be and what was given, with at most 60 characters of its name and nothing else of
 *   the item. Never throws.
 */
export function attributeFault(item: Readonly<Record<string, unknown>>): string | undefined {
  if (!isPlain(item)) return `the item ${NOT_PLAIN}`;
  for (const name in item) {
    if (isTaken(name)) return `the item ${notNamed(name)}`;
    const value = item[name];
    // What nearly all attributes are, and every item of every batch comes through here.
    if (typeof value === 'string' || (typeof value === 'number' && isSafe(value))) continue;
    const fault = valueFault(value, 1);
    if (fault !== undefined) return `${quote(name)} ${fault}`;
  }
  return undefined;
}

const NOT_PLAIN = 'must be a plain object (given one of a class)';

/** What is wrong with a value, in words that follow its attribute's name. */
function valueFault(value: unknown, depth: number): string | undefined {
  if (depth > DEEPEST) return `must not be nested deeper than ${DEEPEST} levels`;
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return undefined;
    case 'number':
      if (isSafe(value)) return undefined;
      return `must be a number within ±(2^53 - 1), or a NumberValue (given ${value})`;
    case 'object':
      break;
    default:
      return `must be a value that an attribute can hold (given ${typeof value})`;
  }
  if (value === null || value instanceof NumberValue || isBinary(value)) return undefined;
  if (value instanceof Set) return setFault(value);
  return Array.isArray(value) ? listFault(value, depth) : mapFault(value, depth);
}

function listFault(list: readonly unknown[], depth: number): string | undefined {
  for (const element of list) {
    const fault = valueFault(element, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function mapFault(map: object, depth: number): string | undefined {
  if (!isPlain(map)) return NOT_PLAIN;
  for (const [name, value] of Object.entries(map)) {
    if (isTaken(name)) return notNamed(name);
    const fault = valueFault(value, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Of one kind all of them, since DynamoDB has sets of strings, of numbers and of binary values, and of nothing else. */
function setFault(set: ReadonlySet<unknown>): string | undefined {
  const kinds = new Set<string>();
  for (const member of set) {
    if (typeof member === 'number' && !isSafe(member)) return valueFault(member, 1);
    kinds.add(kindOf(member));
  }
  if (kinds.size === 1 && !kinds.has('other')) return undefined;
  return 'must be a set, not empty, of strings, of numbers or of binary values alone';
}

function kindOf(member: unknown): string {
  if (member instanceof NumberValue) return 'NumberValue';
  if (typeof member === 'object' && member !== null && isBinary(member)) return 'binary';
  return ['string', 'number', 'bigint'].includes(typeof member) ? typeof member : 'other';
}

function isSafe(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Names that lib-dynamodb does not take for an attribute's: the one it reads as the object's class, the other it loses. */
function isTaken(name: string): boolean {
  return name === 'constructor' || name === '__proto__';
}

const notNamed = (name: string) => `must have no attribute named ${name}`;

function isBinary(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Uint8Array.prototype || prototype === Buffer.prototype;
}
