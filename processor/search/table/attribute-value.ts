/**
 * An attribute as DynamoDB writes it, one of these. Bytes are base64 in an event, and bytes from an SDK client.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
export interface AttributeValue {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly B?: string | Uint8Array | undefined;
  readonly BOOL?: boolean | undefined;
  readonly NULL?: boolean | undefined;
  readonly M?: Item | undefined;
  readonly L?: readonly AttributeValue[] | undefined;
  readonly SS?: readonly string[] | undefined;
  readonly NS?: readonly string[] | undefined;
  readonly BS?: readonly (string | Uint8Array)[] | undefined;
}

export type Item = Readonly<Record<string, AttributeValue>>;

/** A value of a document; a number keeps its text. */
type Value =
  | { readonly kind: 'null' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'truth'; readonly truth: boolean }
  | { readonly kind: 'list'; readonly values: readonly Value[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Value])[] };

/**
 * The JSON text of an item's document.
 *
 * - Numbers are JSON numbers as long as a double holds them: integers up to 2^53, and decimals that read back as what
 *   they were. All others are strings, digit for digit.
 * - Bytes are base64. Sets are lists. A list whose values, nested ones too, are of several types becomes one of strings,
 *   since a field of an index has one type: what is in it is written as JSON.
 */
export function documentOf(item: Item): string {
  return jsonOf(objectOf(item));
}

/** Bytes as base64. */
export function textOf(bytes: string | Uint8Array): string {
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('base64');
}

function objectOf(item: Item): Value {
  return { kind: 'object', entries: Object.entries(item).map(([name, value]) => [name, ofAttribute(value)]) };
}

function ofAttribute(value: AttributeValue): Value {
  if (value.S !== undefined) return text(value.S);
  if (value.N !== undefined) return numberOf(value.N);
  if (value.B !== undefined) return text(textOf(value.B));
  if (value.BOOL !== undefined) return { kind: 'truth', truth: value.BOOL };
  if (value.M !== undefined) return objectOf(value.M);
  if (value.L !== undefined) return listOf(value.L.map(ofAttribute));
  if (value.SS !== undefined) return listOf(value.SS.map(text));
  if (value.NS !== undefined) return listOf(value.NS.map(numberOf));
  if (value.BS !== undefined) return listOf(value.BS.map((bytes) => text(textOf(bytes))));
  return { kind: 'null' };
}

function text(value: string): Value {
  return { kind: 'text', text: value };
}

function numberOf(decimal: string): Value {
  return fitsADouble(decimal) ? { kind: 'number', text: decimal } : text(decimal);
}

function listOf(values: readonly Value[]): Value {
  const kinds = new Set<Value['kind']>();
  collectKinds(values, kinds);
  return { kind: 'list', values: kinds.size > 1 ? values.map(asText) : values };
}

function collectKinds(values: readonly Value[], kinds: Set<Value['kind']>): void {
  for (const value of values) {
    if (value.kind === 'list') collectKinds(value.values, kinds);
    else if (value.kind !== 'null') kinds.add(value.kind);
  }
}

function asText(value: Value): Value {
  if (value.kind === 'list') return { kind: 'list', values: value.values.map(asText) };
  return value.kind === 'null' || value.kind === 'text' ? value : text(jsonOf(value));
}

function jsonOf(value: Value): string {
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'text':
      return JSON.stringify(value.text);
    case 'number':
      return value.text;
    case 'truth':
      return String(value.truth);
    case 'list':
      return `[${value.values.map(jsonOf).join(',')}]`;
    case 'object':
      return `{${value.entries.map(([name, each]) => `${JSON.stringify(name)}:${jsonOf(each)}`).join(',')}}`;
  }
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function fitsADouble(decimal: string): boolean {
  if (!JSON_NUMBER.test(decimal)) return false;
  const double = Number(decimal);
  if (Number.isInteger(double)) return Number.isSafeInteger(double) && sameNumber(decimal, double);
  return Number.isFinite(double) && sameNumber(decimal, double);
}

function sameNumber(decimal: string, double: number): boolean {
  return canonicalNumber(decimal) === canonicalNumber(String(double));
}

/** Zeros that a number is written with before it gets an exponent: more than DynamoDB's 38 digits need. */
const MOST_ZEROS = 40;

/**
 * One text for one number: without an exponent or zeros that say nothing, such as `-1.2` for -1.20; far from 1 with an
 * exponent all the same. What is no number is left as it is.
 */
export function canonicalNumber(decimal: string): string {
  const parts = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(decimal.trim());
  if (parts === null || (parts[2] === '' && parts[3] === '')) return decimal;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign === '-' ? '-' : ''}${plain(significant, power)}`;
}

/** @param digits to be multiplied with ten to the power */
function plain(digits: string, power: number): string {
  if (power > MOST_ZEROS || power < -digits.length - MOST_ZEROS) return `${digits}e${power}`;
  if (power >= 0) return digits + '0'.repeat(power);
  const padded = digits.padStart(1 - power, '0');
  return `${padded.slice(0, power)}.${padded.slice(power)}`;
}
