/**
 * A second opinion on records, for tests: slow, obvious, and built from other parts than the codecs (JSON.parse,
 * patterns, BigInt fractions). It shares no code with them, so that an error would have to be made twice.
 */

/** An exact fraction. */
interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** What the oracle saw of one attribute: a string, or a number's own text. */
type Value = { readonly string: string } | { readonly number: string } | 'other';

/** One JSON object as attribute -> value, or undefined if the bytes are anything else. */
export function parseRecord(bytes: Uint8Array): Map<string, Value> | undefined {
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  if (depth(text) > 1000) return undefined;

  // JSON.parse gives doubles only: wrap the text of each number into an object that nothing else looks like.
  const wrapped = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs, (token) =>
    token.startsWith('"') ? token : `{"a number of the record, as text":"${token}"}`,
  );
  const values = new Map<string, Value>();
  for (const [name, value] of Object.entries(JSON.parse(wrapped) as Record<string, unknown>)) {
    const number = (value as { 'a number of the record, as text'?: string } | null)?.[
      'a number of the record, as text'
    ];
    if (typeof value === 'string') values.set(name, { string: value });
    else values.set(name, number === undefined ? 'other' : { number });
  }
  return values;
}

/** A string attribute. */
export function stringOf(values: Map<string, Value>, name: string): string | undefined {
  const value = values.get(name);
  return value !== undefined && value !== 'other' && 'string' in value ? value.string : undefined;
}

/** A number attribute from least to most by its decimal value; as a double, a negative zero as 0. */
export function numberOf(
  values: Map<string, Value>,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const literal = literalOf(values, name);
  if (literal === undefined || !isBetween(literal, least, most)) return undefined;
  const value: number = JSON.parse(literal);
  return value === 0 ? 0 : value;
}

/** The same if its decimal value is an integer. */
export function integerOf(
  values: Map<string, Value>,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const literal = literalOf(values, name);
  if (literal === undefined || !isBetween(literal, least, most)) return undefined;
  const exact = fraction(literal);
  return exact !== 'huge' && exact.numerator % exact.denominator === 0n
    ? Number(exact.numerator / exact.denominator)
    : undefined;
}

/** Micrometres of a number attribute in metres, half up: the floor of twice the millionths plus one, halved. */
export function micrometresOf(values: Map<string, Value>, name: string): number {
  const exact = fraction(literalOf(values, name) ?? '0');
  if (exact === 'huge') throw new RangeError('judge the bounds first');
  return Number((2_000_000n * exact.numerator + exact.denominator) / (2n * exact.denominator));
}

/** A Name that the rules allow. */
export function nameOf(values: Map<string, Value>): string | undefined {
  const name = stringOf(values, 'Name');
  if (name === undefined) return undefined;
  try {
    encodeURIComponent(name);
  } catch {
    return undefined; // a lone surrogate
  }
  const points = Array.from(name, (character) => character.codePointAt(0) ?? 0);
  const controls = points.filter((point) => point < 0x20 || (point > 0x7e && point < 0xa0));
  return points.length >= 1 && points.length <= 256 && controls.length === 0 ? name : undefined;
}

function literalOf(values: Map<string, Value>, name: string): string | undefined {
  const value = values.get(name);
  return value !== undefined && value !== 'other' && 'number' in value ? value.number : undefined;
}

function isBetween(literal: string, least: number, most: number): boolean {
  const exact = fraction(literal);
  if (exact === 'huge') return false;
  const { numerator, denominator } = exact;
  return numerator >= BigInt(least) * denominator && numerator <= BigInt(most) * denominator;
}

/** The exact value of a JSON number; exponents too large to write out are cut where they no longer matter. */
export function fraction(literal: string): Fraction | 'huge' {
  const [, sign, whole = '', decimals = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = BigInt(whole + decimals);
  const numerator = sign === '-' ? -digits : digits;
  if (digits === 0n) return { numerator, denominator: 1n };
  const exponent = BigInt(power) - BigInt(decimals.length);
  const reach = BigInt(whole.length + decimals.length) + 1000n;
  if (exponent > reach) return 'huge';
  // Closer to zero than any bound or half micrometre, however it is written: only the sign matters.
  const kept = exponent < -reach ? -reach : exponent;
  return kept >= 0n
    ? { numerator: numerator * 10n ** kept, denominator: 1n }
    : { numerator, denominator: 10n ** -kept };
}

/** Levels of brackets outside strings. */
function depth(text: string): number {
  let level = 0;
  let deepest = 0;
  for (const bracket of text.replace(/"(?:[^"\\]|\\.)*"/gs, '').replace(/[^[\]{}]/g, '')) {
    level += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, level);
  }
  return deepest;
}
