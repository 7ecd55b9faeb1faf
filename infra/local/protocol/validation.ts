import { ServiceError } from './errors.ts';

/**
 * What an operation accepts, as data. Checked in AWS's two steps: first every value's JSON type (SerializationException),
 * then every constraint (one ValidationException that lists them all, up to ten).
 * `min` and `max` bound an Integer's value, and the length of a String, a Blob (in bytes), a List or a Map.
 */
export type Rule =
  | {
      readonly type: 'String';
      readonly required?: true;
      readonly pattern?: string;
      readonly min?: number;
      readonly max?: number;
      readonly oneOf?: readonly string[];
    }
  | {
      readonly type: 'Integer' | 'Blob' | 'Map';
      readonly required?: true;
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly type: 'Boolean' | 'Timestamp'; readonly required?: true }
  | {
      readonly type: 'List';
      readonly required?: true;
      readonly each: Rule;
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly type: 'Structure'; readonly required?: true; readonly members: Shape };

/** Members by name; constraints are told in this order. */
export type Shape = { readonly [member: string]: Rule };

type Value<R extends Rule> = R extends { type: 'String'; oneOf: readonly (infer Choice)[] }
  ? Choice
  : R extends { type: 'String' | 'Blob' }
    ? string
    : R extends { type: 'Integer' | 'Timestamp' }
      ? number
      : R extends { type: 'Boolean' }
        ? boolean
        : R extends { type: 'Map' }
          ? Readonly<Record<string, string>>
          : R extends { type: 'List'; each: infer Each extends Rule }
            ? readonly Value<Each>[]
            : R extends { type: 'Structure'; members: infer Members extends Shape }
              ? Input<Members>
              : never;

/** What is left of a request once it was checked: required members are there, absent ones undefined, times in milliseconds. */
export type Input<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends { required: true } ? Value<S[K]> : Value<S[K]> | undefined;
};

const MOST_ERRORS = 10;

/**
 * Checks a request's body, as parsed from JSON, against a shape; unknown members are ignored.
 *
 * @throws ServiceError SerializationException or ValidationException, worded as AWS does
 */
export function validate<S extends Shape>(shape: S, body: unknown): Input<S> {
  const typed = structure(shape, body);
  const errors: string[] = [];
  checkMembers(shape, typed, '', errors);
  if (errors.length > 0) {
    throw new ServiceError(
      'ValidationException',
      `${errors.length} validation error${errors.length > 1 ? 's' : ''} detected: ${errors.join('; ')}`,
    );
  }
  return typed as Input<S>;
}

type Typed = { [member: string]: unknown };

function structure(shape: Shape, value: unknown): Typed {
  if (Array.isArray(value)) throw mistyped('Start of list found where not expected');
  if (typeof value !== 'object' || value === null) throw mistyped('Expected a structure');
  const typed: Typed = {};
  for (const [member, rule] of Object.entries(shape)) {
    if (Object.hasOwn(value, member)) typed[member] = typedAs(rule, (value as Typed)[member]);
  }
  return typed;
}

function typedAs(rule: Rule, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  switch (rule.type) {
    case 'Structure':
      return structure(rule.members, value);
    case 'List':
      if (typeof value !== 'object') throw mistyped('Expected list or null');
      if (!Array.isArray(value)) throw mistyped('Start of structure or map found where not expected.');
      return value.map((element) => typedAs(rule.each, element));
    case 'Map':
      if (typeof value !== 'object') throw mistyped('Expected map or null');
      if (Array.isArray(value)) throw mistyped('Start of list found where not expected');
      for (const element of Object.values(value)) scalar('String', 'string', element);
      return value;
    case 'Boolean':
      return scalar('Boolean', 'boolean', value);
    case 'Integer':
      return Math.trunc(scalar('Integer', 'number', value) as number);
    case 'Timestamp':
      return Math.round((scalar('Timestamp', 'number', value) as number) * 1000);
    case 'Blob':
      return blob(scalar('Blob', 'string', value) as string);
    case 'String':
      return scalar('String', 'string', value);
  }
}

const JAVA_TYPES: Readonly<Record<string, string>> = {
  boolean: 'class java.lang.Boolean',
  number: 'class java.math.BigDecimal',
  string: 'class java.lang.String',
};

function scalar(type: Rule['type'], expected: string, value: unknown): unknown {
  if (typeof value === expected) return value;
  if (Array.isArray(value)) throw mistyped('Start of list found where not expected');
  if (typeof value === 'object') throw mistyped('Start of structure or map found where not expected.');
  throw mistyped(
    `${JAVA_TYPES[typeof value]} can not be converted to ${type === 'Blob' ? 'a' : 'an'} ${type}`,
  );
}

function blob(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  if (text.length % 4 !== 0) {
    throw mistyped(
      `'${shown}' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`,
    );
  }
  const strange = /[^A-Za-z0-9+/=]|=(?!=?$)/.exec(text);
  if (strange !== null) {
    throw mistyped(
      `'${shown}' can not be converted to a Blob: Invalid Base64 character: '${strange[0].charAt(0)}'`,
    );
  }
  if (Buffer.from(text, 'base64').toString('base64') !== text) {
    throw mistyped(`'${shown}' can not be converted to a Blob: Invalid last non-pad Base64 character`);
  }
  return text;
}

function mistyped(message: string): ServiceError {
  return new ServiceError('SerializationException', message);
}

function checkMembers(shape: Shape, typed: Typed, path: string, errors: string[]): void {
  for (const [member, rule] of Object.entries(shape)) {
    check(rule, typed[member], path + member.charAt(0).toLowerCase() + member.slice(1), errors);
  }
}

function check(rule: Rule, value: unknown, path: string, errors: string[]): void {
  const fail = (constraint: string): void => {
    if (errors.length < MOST_ERRORS) {
      errors.push(
        `${shown(rule, value)} at '${path}' failed to satisfy constraint: Member must ${constraint}`,
      );
    }
  };
  if (value === undefined) {
    if (rule.required) fail('not be null');
    return;
  }
  switch (rule.type) {
    case 'Structure':
      checkMembers(rule.members, value as Typed, `${path}.`, errors);
      return;
    case 'Integer':
      if (rule.min !== undefined && (value as number) < rule.min) {
        fail(`have value greater than or equal to ${rule.min}`);
      }
      if (rule.max !== undefined && (value as number) > rule.max) {
        fail(`have value less than or equal to ${rule.max}`);
      }
      return;
    case 'Boolean':
    case 'Timestamp':
      return;
    case 'String':
      if (rule.oneOf !== undefined && !rule.oneOf.includes(value as string)) {
        fail(`satisfy enum value set: [${rule.oneOf.join(', ')}]`);
      }
      if (rule.pattern !== undefined && !new RegExp(`^(?:${rule.pattern})$`).test(value as string)) {
        fail(`satisfy regular expression pattern: ${rule.pattern}`);
      }
      break;
  }
  const length = lengthOf(rule, value);
  if (rule.min !== undefined && length < rule.min) fail(`have length greater than or equal to ${rule.min}`);
  if (rule.max !== undefined && length > rule.max) fail(`have length less than or equal to ${rule.max}`);
  if (rule.type === 'List') {
    for (const [i, element] of (value as unknown[]).entries()) {
      check({ ...rule.each, required: true }, element, `${path}.${i + 1}.member`, errors);
    }
  }
}

function lengthOf(rule: Rule, value: unknown): number {
  if (rule.type === 'List') return (value as unknown[]).length;
  if (rule.type === 'Map') return Object.keys(value as object).length;
  return rule.type === 'Blob' ? Buffer.byteLength(value as string, 'base64') : characters(value as string);
}

/** Length in Unicode characters: what AWS's limits count. */
export function characters(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

function shown(rule: Rule, value: unknown): string {
  if (value === undefined) return 'Value null';
  return rule.type === 'String' || rule.type === 'Integer' ? `Value '${String(value)}'` : 'Value';
}
