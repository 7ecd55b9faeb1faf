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
  /** The four digits after those, as an integer below 10000; zeros where there are none. */
  readonly tail: number;
  /** Whether digits other than zero follow even these, so that only `literal` has the whole number. */
  readonly cut: boolean;
  /** The text itself. */
  literal(): string;
}

/** What the first digit of the tail counts. */
export const TAIL_WEIGHT = 1000;

/** A mantissa up to this one can take another digit and stay below 2^53. */
export const ROOM_FOR_A_DIGIT = Math.floor((Number.MAX_SAFE_INTEGER - 9) / 10);

/** Powers of ten that a double holds exactly. */
export const POWERS_OF_TEN = Array.from({ length: 23 }, (_, n) => 10 ** n);

const MICRO = 6;

/** Four times the relative error of the second term of `quotient`. */
const SLACK = 2 ** -50;

/** The nearest double, as JSON.parse gives it, except that a negative zero becomes zero; ±Infinity beyond the doubles. */
export function toNumber(decimal: Decimal): number {
  const { mantissa, exponent, tail } = decimal;
  if (mantissa === 0) return 0;
  let magnitude: number | undefined;
  if (!decimal.cut) magnitude = tail === 0 ? scaled(mantissa, exponent) : quotient(mantissa, tail, exponent);
  // The + 0 is for what is too small for any double: -0 + 0 is 0.
  if (magnitude === undefined) return Number(decimal.literal()) + 0;
  return decimal.negative ? -magnitude : magnitude;
}

/**
 * mantissa × 10^exponent, correctly rounded, or undefined when that takes more than one operation on exact doubles.
 * Source: W. D. Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990.
 */
function scaled(mantissa: number, exponent: number): number | undefined {
  if (exponent > 22 || exponent < -22) return undefined;
  return exponent < 0 ? mantissa / POWERS_OF_TEN[-exponent]! : mantissa * POWERS_OF_TEN[exponent]!;
}

/**
 * (mantissa × 10^4 + tail) × 10^(exponent − 4), correctly rounded, or undefined when this way cannot tell: the shortest
 * form of most doubles has 17 digits, one more than fit into a double's 53 bits.
 *
 * The quotient of the leading part, plus what the exact remainder adds to it. That sum is known to within a few parts
 * in 2^52 of the second term; if both ends of this range round to the same double, it is the one.
 * Sources: T. J. Dekker, "A Floating-Point Technique for Extending the Available Precision", 1971 (the exact product);
 * A. Ziv, "Fast Evaluation of Elementary Mathematical Functions with Correctly Rounded Last Bit", 1991 (the test).
 */
function quotient(mantissa: number, tail: number, exponent: number): number | undefined {
  if (exponent > 3 || exponent < -18) return undefined;
  const high = mantissa * 10_000;
  const low = productError(mantissa, 10_000, high) + tail;
  const divisor = POWERS_OF_TEN[4 - exponent]!;
  const first = high / divisor;
  const product = first * divisor;
  const second = (high - product - productError(first, divisor, product) + low) / divisor;
  const least = first + second * (1 - SLACK);
  const most = first + second * (1 + SLACK);
  return least === most ? least : undefined;
}

/** Exactly left × right − product, for the product as rounded. */
function productError(left: number, right: number, product: number): number {
  const leftHigh = upperHalf(left);
  const rightHigh = upperHalf(right);
  const leftLow = left - leftHigh;
  const rightLow = right - rightHigh;
  return leftLow * rightLow - (product - leftHigh * rightHigh - leftLow * rightHigh - leftHigh * rightLow);
}

/** The upper 26 bits of a double's 53. */
function upperHalf(value: number): number {
  const shifted = value * 134_217_729;
  return shifted - (shifted - value);
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
 * @param decimal from 0 to 1e8, so that the mantissa alone reaches past the millionths
 */
export function toMillionths(decimal: Decimal): number {
  const { mantissa } = decimal;
  const exponent = decimal.exponent + MICRO;
  if (mantissa === 0) return 0;
  if (exponent >= 0) return mantissa * POWERS_OF_TEN[exponent]!;
  if (exponent < -22) return 0;
  // Rounding half up needs no digit after the first that it drops, so the tail does not matter.
  // The quotient of an integer below 2^53 and a power of ten is never rounded up to an integer, so all of this is exact.
  const unit = POWERS_OF_TEN[-exponent]!;
  const whole = Math.floor(mantissa / unit);
  return 2 * (mantissa - whole * unit) >= unit ? whole + 1 : whole;
}

/** Whether it is quick to see that the decimal is an integer and the double its very value; false leaves it open. */
function isExactly({ mantissa, exponent, tail, cut }: Decimal, value: number): boolean {
  if (mantissa === 0) return true;
  if (cut || tail !== 0 || exponent > 0 || exponent < -22 || !Number.isInteger(value)) return false;
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
