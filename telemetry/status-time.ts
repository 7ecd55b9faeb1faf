import { COLON, LETTER_T, LETTER_Z, MINUS, PLUS, POINT, SPACE, ZERO } from './characters.ts';
/** First instant of the year 1, UTC, milliseconds since the epoch: the least that StatusTime can say. */
export const FIRST_INSTANT = -62_135_596_800_000;

/** Last millisecond of the year 9999, UTC: the most that StatusTime can say. */
export const LAST_INSTANT = 253_402_300_799_999;

export const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** Largest offset from UTC that ISO-8601 times come with in practice (java.time's own bound): 18 hours. */
const LARGEST_OFFSET = 18 * HOUR;

/** Days from 1 March of the year 0, where the arithmetic below starts, to the epoch. */
const EPOCH = 719_468;

/** Bytes of `YYYY-MM-DD HH:MM:SS`. */
const SECONDS_LENGTH = 19;

const utf8 = new TextEncoder();

/**
 * Reads a StatusTime: `YYYY-MM-DD HH:MM:SS[.f…]`, which is UTC whatever the machine's time zone, or ISO-8601
 * `YYYY-MM-DDTHH:MM:SS[.f…]` followed by `Z` or an offset `±HH:MM` of at most 18 hours.
 *
 * Only real dates (no 30 February, no hour 24, no leap second) of the years 1 to 9999, before and after the offset
 * is applied. Digits past milliseconds are truncated.
 *
 * @returns milliseconds since the epoch, or undefined if the text is anything else
 */
export function parseStatusTime(text: string): number | undefined {
  const bytes = utf8.encode(text);
  return parseStatusTimeBytes(bytes, 0, bytes.length);
}

/**
 * The same for the text's bytes, as they stand in a record.
 *
 * @param from first byte of the text
 * @param to byte after its last
 */
export function parseStatusTimeBytes(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (to - from < SECONDS_LENGTH) return undefined;
  const year = 100 * twoDigits(bytes, from) + twoDigits(bytes, from + 2);
  const month = twoDigits(bytes, from + 5);
  const day = twoDigits(bytes, from + 8);
  const hour = twoDigits(bytes, from + 11);
  const minute = twoDigits(bytes, from + 14);
  const second = twoDigits(bytes, from + 17);
  const separator = bytes[from + 10];
  if (
    !(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)) ||
    !(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59) ||
    bytes[from + 4] !== MINUS ||
    bytes[from + 7] !== MINUS ||
    (separator !== SPACE && separator !== LETTER_T) ||
    bytes[from + 13] !== COLON ||
    bytes[from + 16] !== COLON
  ) {
    return undefined;
  }

  let at = from + SECONDS_LENGTH;
  let millisecond = 0;
  if (at < to && bytes[at] === POINT) {
    const first = ++at;
    for (let weight = 100; at < to; at++, weight = quotient(weight, 10)) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      millisecond += weight * digit;
    }
    if (at === first) return undefined;
  }

  const local =
    daysBefore(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * 1000 + millisecond;
  if (separator === SPACE) return at === to ? local : undefined;
  const offset = parseOffset(bytes, at, to);
  if (offset === undefined) return undefined;
  const instant = local - offset;
  return instant >= FIRST_INSTANT && instant <= LAST_INSTANT ? instant : undefined;
}

/**
 * Writes an instant as StatusTime, `YYYY-MM-DD HH:MM:SS.mmm`, UTC.
 *
 * @param instant milliseconds since the epoch; a fraction of a millisecond is dropped
 * @throws RangeError outside the years 1 to 9999, which the format cannot say
 */
export function formatStatusTime(instant: number): string {
  if (!(instant >= FIRST_INSTANT && instant < LAST_INSTANT + 1)) {
    throw new RangeError(`StatusTime must be in the years 1 to 9999 (given ${instant} ms since the epoch)`);
  }
  const days = Math.floor(instant / DAY);
  const sinceMidnight = Math.floor(instant - days * DAY);
  const second = quotient(sinceMidnight, 1000);
  const millisecond = sinceMidnight % 1000;

  // Years that begin in March, so that the leap day is the last day of its year; eras of 400 years repeat.
  const sinceMarch = days + EPOCH;
  const era = quotient(sinceMarch, 146_097);
  const dayOfEra = sinceMarch - era * 146_097;
  const leapDays = quotient(dayOfEra, 1_460) - quotient(dayOfEra, 36_524) + quotient(dayOfEra, 146_096);
  const yearOfEra = quotient(dayOfEra - leapDays, 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + quotient(yearOfEra, 4) - quotient(yearOfEra, 100));
  const monthFromMarch = quotient(5 * dayOfYear + 2, 153);
  const day = dayOfYear - quotient(153 * monthFromMarch + 2, 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);

  // All characters in one call: joining pieces takes three times as long, and this runs for every reading.
  return String.fromCharCode(
    digit(year, 1000),
    digit(year, 100),
    digit(year, 10),
    digit(year, 1),
    MINUS,
    digit(month, 10),
    digit(month, 1),
    MINUS,
    digit(day, 10),
    digit(day, 1),
    SPACE,
    digit(second, 36_000),
    digit(quotient(second, 3600), 1),
    COLON,
    digit(second % 3600, 600),
    digit(quotient(second, 60), 1),
    COLON,
    digit(second % 60, 10),
    digit(second, 1),
    POINT,
    digit(millisecond, 100),
    digit(millisecond, 10),
    digit(millisecond, 1),
  );
}

/** Character code of the digit at a power of ten (or of an hour or minute's tens). */
function digit(value: number, weight: number): number {
  return ZERO + (quotient(value, weight) % 10);
}

/** `Z` or `±HH:MM`, and nothing after it, in milliseconds east of UTC. */
function parseOffset(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (to - from === 1) return bytes[from] === LETTER_Z ? 0 : undefined;
  const sign = bytes[from];
  if (to - from !== 6 || (sign !== PLUS && sign !== MINUS) || bytes[from + 3] !== COLON) return undefined;
  const hours = twoDigits(bytes, from + 1);
  const minutes = twoDigits(bytes, from + 4);
  if (hours < 0 || minutes < 0 || minutes > 59) return undefined;
  const offset = hours * HOUR + minutes * MINUTE;
  if (offset > LARGEST_OFFSET) return undefined;
  return sign === MINUS ? -offset : offset;
}

/** Days from the epoch to a date of the Gregorian calendar, counted in years that begin in March. */
function daysBefore(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const monthFromMarch = month > 2 ? month - 3 : month + 9;
  const leapDays = quotient(marchYear, 4) - quotient(marchYear, 100) + quotient(marchYear, 400);
  return 365 * marchYear + leapDays + quotient(153 * monthFromMarch + 2, 5) + day - 1 - EPOCH;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Two digits as a number; far below zero, even in a sum of two, if they are not two digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : -10_000;
}

/** Division of 32-bit integers, truncated; in a form that compilers know as such, unlike Math.trunc. */
function quotient(dividend: number, divisor: number): number {
  return (dividend / divisor) | 0;
}
