import type { Fields } from '../protocol/query-service.ts';
import { SnsError } from './errors.ts';
import type { Properties, Scalar } from './filter-policy.ts';

/** One attribute of a message. Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html */
export interface MessageAttribute {
  readonly name: string;
  /** `String`, `String.Array`, `Number`, `Binary`, each with a further type of the publisher's own after a dot. */
  readonly type: string;
  /** Text; of a Binary the base64. */
  readonly value: string;
}

const NAME_BYTES = 256;
const TYPE = /^(?:String|Number|Binary)(?:\..+)?$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Reads the attributes of a message: `PREFIXMessageAttributes.entry.N.Name`, `.Value.DataType` and `.Value.StringValue`
 * or `.Value.BinaryValue`, N from 1.
 *
 * @param prefix '' for Publish, `PublishBatchRequestEntries.member.1.` in a batch
 * @throws SnsError ParameterValueInvalid, worded as on AWS
 */
export function readMessageAttributes(fields: Fields, prefix: string): readonly MessageAttribute[] {
  const attributes: MessageAttribute[] = [];
  for (let n = 1; fields.has(`${prefix}MessageAttributes.entry.${n}.Name`); n++) {
    attributes.push(readAttribute(fields, `${prefix}MessageAttributes.entry.${n}`));
  }
  return attributes;
}

function readAttribute(fields: Fields, entry: string): MessageAttribute {
  const name = fields.get(`${entry}.Name`) ?? '';
  checkName(name);
  const type = fields.get(`${entry}.Value.DataType`);
  if (type === null) {
    throw new SnsError(
      400,
      'ValidationError',
      `1 validation error detected: Value null at 'messageAttributes.${name}.member.dataType' failed to satisfy constraint: Member must not be null`,
    );
  }
  if (!TYPE.test(type)) {
    throw invalidValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const field = type.startsWith('Binary') ? 'Binary' : 'String';
  const value = fields.get(`${entry}.Value.${field}Value`);
  if (value === null && fields.has(`${entry}.Value.${field === 'Binary' ? 'String' : 'Binary'}Value`)) {
    throw invalidValue(`The message attribute '${name}' with type '${type}' must use field '${field}'.`);
  }
  if (!value) {
    throw invalidValue(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  if (field === 'Binary' && !BASE64.test(value)) {
    throw invalidValue(`The value of the message attribute '${name}' must be base64.`);
  }
  if (type.startsWith('Number') && !Number.isFinite(Number(value.trim() || Number.NaN))) {
    throw invalidValue(`Could not cast message attribute '${name}' value to number.`);
  }
  return { name, type, value };
}

/** Source of the wording: AWS's answers, as recorded by the tests of github.com/localstack/localstack. */
function checkName(name: string): void {
  if (name === '' || Buffer.byteLength(name) > NAME_BYTES) {
    throw invalidValue('Length of message attribute name must be less than 256 bytes.');
  }
  if (name.startsWith('.')) {
    throw invalidValue("Invalid message attribute name starting with character '.' was found.");
  }
  if (name.endsWith('.')) {
    throw invalidValue("Invalid message attribute name ending with character '.' was found.");
  }
  const strange = /[^A-Za-z0-9_.-]/u.exec(name)?.[0];
  if (strange !== undefined) {
    const code = (strange.codePointAt(0) ?? 0).toString(16).toUpperCase();
    throw invalidValue(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  if (name.includes('..')) {
    throw invalidValue("Message attribute name can not have successive '.' character.");
  }
}

function invalidValue(message: string): SnsError {
  return new SnsError(400, 'ParameterValueInvalid', message);
}

/** Bytes that an attribute adds to its message: name, type and value. */
export function attributeBytes({ name, type, value }: MessageAttribute): number {
  const valueBytes = type.startsWith('Binary')
    ? Buffer.byteLength(value, 'base64')
    : Buffer.byteLength(value);
  return Buffer.byteLength(name) + Buffer.byteLength(type) + valueBytes;
}

/** As subscribers get them: `{"NAME": {"Type": "String", "Value": "…"}}`. */
export function attributesByName(
  attributes: readonly MessageAttribute[],
): Readonly<Record<string, { readonly Type: string; readonly Value: string }>> {
  return Object.fromEntries(attributes.map(({ name, type, value }) => [name, { Type: type, Value: value }]));
}

/**
 * What filter policies see of attributes: a String.Array as each of its elements, no Binary.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
export function attributeProperties(attributes: readonly MessageAttribute[]): Properties {
  const properties = new Map<string, readonly Scalar[]>();
  for (const { name, type, value } of attributes) {
    if (type.startsWith('Binary')) continue;
    if (type === 'String.Array') properties.set(name, elements(value));
    else properties.set(name, [type.startsWith('Number') ? Number(value) : value]);
  }
  return properties;
}

function elements(text: string): readonly Scalar[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed)
      ? parsed.filter((element) => element === null || typeof element !== 'object')
      : [];
  } catch {
    return [];
  }
}
