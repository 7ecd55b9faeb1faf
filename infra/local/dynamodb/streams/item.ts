/** An item as DynamoDB's JSON says it: attribute names to values. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** One member, named by the type: `{"S": "Rocinante"}`. Numbers are text, binary is base64. */
export type AttributeValue = Readonly<Record<string, unknown>>;

const SETS: ReadonlySet<string> = new Set(['SS', 'NS', 'BS']);

/**
 * Whether two items say the same, whatever the order of their attributes and of their sets' members. Numbers are
 * compared as text: the database keeps each in one form only.
 */
export function sameItem(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameValue(a[name]!, b[name]!))
  );
}

function sameValue(a: AttributeValue, b: AttributeValue): boolean {
  const [type = '', value] = Object.entries(a)[0] ?? [];
  if (!Object.hasOwn(b, type)) return false;
  const other = b[type];
  if (type === 'M') return sameItem(value as Item, other as Item);
  if (!Array.isArray(value)) return value === other;
  const others = other as readonly unknown[];
  if (value.length !== others.length) return false;
  if (SETS.has(type)) {
    const members = new Set(others);
    return value.every((member) => members.has(member));
  }
  return value.every((element, i) => sameValue(element as AttributeValue, others[i] as AttributeValue));
}

/** A list's or a map's own bytes, and those of each of its elements beside the element itself. */
const CONTAINER = 3;
const ELEMENT = 1;

/**
 * Bytes of an item by DynamoDB's rules, which say of numbers that they are about right.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueSize(value);
  return bytes;
}

function valueSize(attribute: AttributeValue): number {
  const [type, value] = Object.entries(attribute)[0] ?? [];
  switch (type) {
    case 'S':
      return Buffer.byteLength(value as string);
    case 'B':
      return Buffer.byteLength(value as string, 'base64');
    case 'N':
      return numberSize(value as string);
    case 'SS':
      return sum(value as readonly string[], (member) => Buffer.byteLength(member));
    case 'BS':
      return sum(value as readonly string[], (member) => Buffer.byteLength(member, 'base64'));
    case 'NS':
      return sum(value as readonly string[], numberSize);
    case 'L':
      return CONTAINER + sum(value as readonly AttributeValue[], (element) => ELEMENT + valueSize(element));
    case 'M':
      return CONTAINER + ELEMENT * Object.keys(value as Item).length + itemSize(value as Item);
    default: // NULL and BOOL
      return 1;
  }
}

function sum<T>(values: readonly T[], size: (value: T) => number): number {
  return values.reduce((bytes, value) => bytes + size(value), 0);
}

/** One byte, one for each pair of decimal digits from the first that is not zero to the last, and one for a sign. */
function numberSize(text: string): number {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  const digits = whole + fraction;
  const first = digits.search(/[1-9]/);
  if (first < 0) return 1;
  const significant = digits.slice(first).replace(/0+$/, '').length;
  // Pairs are counted from the decimal point, so that the first may hold one digit only.
  const alone = (whole.length - first) % 2 === 0 ? 0 : 1;
  return 1 + alone + Math.ceil((significant - alone) / 2) + (sign === '-' ? 1 : 0);
}
