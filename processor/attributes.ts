import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { quote } from '../telemetry/excerpt.ts';

/**
 * Levels of lists and maps in one another that an item may have.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const DEEPEST = 32;

/**
 * What keeps an item from being written as attributes of DynamoDB; undefined if nothing does.
 *
 * lib-dynamodb throws for such an item when the request is made, with the same kind of error as a network that fails;
 * so what can never be sent is told beforehand, and only what another attempt may cure is left to fail.
 * Source: https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/dynamodb-example-dynamodb-utilities.html
 *
 * @returns the attribute, what it must be and what was given, with at most 60 characters of its name and nothing else of
 *   the item. Never throws.
 */
export function attributeFault(item: Readonly<Record<string, unknown>>): string | undefined {
  return mapFault(item, 'the item', 0);
}

function valueFault(value: unknown, where: string, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return undefined;
    case 'number':
      return Math.abs(value) <= Number.MAX_SAFE_INTEGER
        ? undefined
        : `${where} must be a number within ±(2^53 - 1), or a NumberValue (given ${value})`;
    case 'object':
      break;
    default:
      return `${where} must be a value that an attribute can hold (given ${typeof value})`;
  }
  if (value === null || value instanceof NumberValue || isBinary(value)) return undefined;
  if (value instanceof Set) return setFault(value, where);
  if (depth === DEEPEST) return `${where} must not be nested deeper than ${DEEPEST} levels`;
  if (Array.isArray(value)) return listFault(value, where, depth);
  return mapFault(value, where, depth);
}

function listFault(list: readonly unknown[], where: string, depth: number): string | undefined {
  for (const element of list) {
    const fault = valueFault(element, where, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function mapFault(map: object, where: string, depth: number): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(map);
  if (prototype !== null && prototype !== Object.prototype) {
    return `${where} must be a plain object (given one of a class)`;
  }
  for (const [name, value] of Object.entries(map)) {
    // lib-dynamodb takes the one for the object's class, and loses the other.
    if (name === 'constructor' || name === '__proto__') {
      return `${where} must have no attribute named ${name}`;
    }
    const fault = valueFault(value, depth === 0 ? quote(name) : where, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Of one kind all of them, since DynamoDB has sets of strings, of numbers and of binary values, and of nothing else. */
function setFault(set: ReadonlySet<unknown>, where: string): string | undefined {
  const kinds = new Set<string>();
  for (const member of set) {
    if (typeof member === 'number' && valueFault(member, where, 0) !== undefined) {
      return valueFault(member, where, 0);
    }
    kinds.add(kindOf(member));
  }
  if (kinds.size === 1 && !kinds.has('other')) return undefined;
  return `${where} must be a set, not empty, of strings, of numbers or of binary values alone`;
}

function kindOf(member: unknown): string {
  if (member instanceof NumberValue) return 'NumberValue';
  if (typeof member === 'object' && member !== null && isBinary(member)) return 'binary';
  return ['string', 'number', 'bigint'].includes(typeof member) ? typeof member : 'other';
}

function isBinary(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Uint8Array.prototype || prototype === Buffer.prototype;
}
