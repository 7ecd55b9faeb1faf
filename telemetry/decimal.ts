/**
 * A number as a JSON text writes it, kept in decimal: (−1)^negative × mantissa × 10^exponent.
 * A binary double cannot say whether 1000000.0000000000000001 is above a million; this can.
 */
export interface Decimal {
  readonly negative: boolean;
  /** The leading digits as an integer below 2^53: all of them, or at least 15 significant ones. */
  readonly mantissa: number;
  /** Exponent of ten that belongs to the mantissa's last digit. */
  readonly exponent: number;
  /** Whether digits other than zero follow the mantissa's last one, so that only `literal` has the whole number. */
  readonly cut: boolean;
  /** The text itself. */
  literal(): string;
}

/** A mantissa up to this one can take another digit and stay below 2^53. */
export const ROOM_FOR_A_DIGIT = Math.floor((Number.MAX_SAFE_INTEGER - 9) / 10);

/** Powers of ten that a double holds exactly. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, n) => 10 ** n);

const MICRO = 6;

/**
 * The nearest double, as JSON.parse gives it, except that a negative zero becomes zero; ±Infinity beyond the doubles.
 *
 * When both the digits and the power of ten are exact doubles, one correctly rounded operation gives the correctly
 * rounded result. Source: W. D. Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990.
 */
export function toNumber(decimal: Decimal): number {
  const { mantissa, exponent } = decimal;
  if (mantissa === 0) return 0;
  // The + 0 is for what is too small for any double: -0 + 0 is 0.
  if (decimal.cut || exponent > 22 || exponent < -22) return Number(decimal.literal()) + 0;
  const magnitude = exponent < 0 ? mantissa / POWERS_OF_TEN[-exponent]! : mantissa * POWERS_OF_TEN[exponent]!;
  return decimal.negative ? -magnitude : magnitude;
}

/**
 * Whether least <= decimal <= most, by the decimal value and not by the double nearest to it.
 *
 * @param value what toNumber gave for the decimal
 * @param least integer
 * @param most integer, or Infinity for any finite number
 */
export function isWithin(decimal: Decimal, value: number, least: number, most: number): boolean {
  // Rounding keeps order: only a double that equals a bound leaves open on which side of it the decimal is.
  if (value < least || value > most || value === Infinity) return false;
  if (value > least && value < most) return true;
  if (isExactly(decimal, value)) return true;
  if (value === least && compare(decimal, least) < 0) return false;
  return value !== most || compare(decimal, most) <= 0;
}

/** The decimal as an integer, if its value is one (150, 150.0 and 1.5e2 are) from least to most; else undefined. */
export function toInteger(decimal: Decimal, least: number, most: number): number | undefined {
  const value = toNumber(decimal);
  if (!(value >= least && value <= most) || !Number.isInteger(value)) return undefined;
  if (isExactly(decimal, value)) return value;
  return compare(decimal, value) === 0 ? value : undefined;
}

/**
 * Millionths, rounded half up from the decimal digits: 0.0000005 is 1, though the double nearest to it is less.
 *
 * @param decimal from 0 to 1e8, so that the mantissa, even if cut, reaches past the millionths
 */
export function toMillionths(decimal: Decimal): number {
  const { mantissa } = decimal;
  const exponent = decimal.exponent + MICRO;
  if (mantissa === 0) return 0;
  if (exponent >= 0) return mantissa * POWERS_OF_TEN[exponent]!;
  if (exponent < -22) return 0;
  // Rounding half up needs no digit after the first that it drops, so it does not matter if more were cut.
  const unit = POWERS_OF_TEN[-exponent]!;
  const rest = mantissa % unit;
  return (mantissa - rest) / unit + (2 * rest >= unit ? 1 : 0);
}

/** Whether it is quick to see that the decimal is an integer and the double its very value; false leaves it open. */
function isExactly({ mantissa, exponent, cut }: Decimal, value: number): boolean {
  if (mantissa === 0) return true;
  if (cut || exponent > 0 || exponent < -22 || !Number.isInteger(value)) return false;
  return exponent === 0 || mantissa % POWERS_OF_TEN[-exponent]! === 0;
}

/** Below, at or above an integer: negative, 0 or positive. */
function compare(decimal: Decimal, integer: number): number {
  const left = significand(decimal.literal());
  const right = significand(String(integer));
  const leftSign = sign(left.digits, decimal.negative);
  const rightSign = sign(right.digits, integer < 0);
  if (leftSign !== rightSign) return leftSign - rightSign;
  if (leftSign === 0) return 0;
  const magnitude = left.digits.length + left.exponent - (right.digits.length + right.exponent);
  if (magnitude !== 0) return leftSign * magnitude;
  if (left.digits === right.digits) return 0;
  return left.digits < right.digits ? -leftSign : leftSign;
}

function sign(digits: string, negative: boolean): number {
  if (digits === '') return 0;
  return negative ? -1 : 1;
}

/** Digits without zeros at either end, and the exponent of ten of the last one; no digits for zero. */
function significand(literal: string): { digits: string; exponent: number } {
  const [number = '', power = '0'] = literal.toLowerCase().split('e');
  const [whole = '', fraction = ''] = number.replace('-', '').split('.');
  const all = whole + fraction;
  let from = 0;
  let to = all.length;
  while (from < to && all[from] === '0') from++;
  while (to > from && all[to - 1] === '0') to--;
  return { digits: all.slice(from, to), exponent: Number(power) - fraction.length + (all.length - to) };
}
