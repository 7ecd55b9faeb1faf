/** First instant of the year 1, UTC, milliseconds since the epoch: the least that StatusTime can say. */
export const FIRST_INSTANT = -62_135_596_800_000;

/** Last millisecond of the year 9999, UTC: the most that StatusTime can say. */
export const LAST_INSTANT = 253_402_300_799_999;

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** Largest offset from UTC that ISO-8601 times come with in practice (java.time's own bound): 18 hours. */
const LARGEST_OFFSET = 18 * HOUR;

/** Days from 1 March of the year 0, where the arithmetic below starts, to the epoch. */
const EPOCH = 719_468;

const TWO_DIGITS = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));

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
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const separator = text[10];
  if (
    !(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)) ||
    !(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59) ||
    text[4] !== '-' ||
    text[7] !== '-' ||
    (separator !== ' ' && separator !== 'T') ||
    text[13] !== ':' ||
    text[16] !== ':'
  ) {
    return undefined;
  }

  let at = 19;
  let millisecond = 0;
  if (text[at] === '.') {
    const first = ++at;
    for (let weight = 100; isDigit(text, at); at++, weight = Math.trunc(weight / 10)) {
      millisecond += weight * (text.charCodeAt(at) - 48);
    }
    if (at === first) return undefined;
  }

  const local =
    daysBefore(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * 1000 + millisecond;
  if (separator === ' ') return at === text.length ? local : undefined;
  const offset = parseOffset(text, at);
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
  const clock = Math.floor(instant - days * DAY);
  const second = Math.trunc(clock / 1000);
  const millisecond = clock % 1000;
  const tenths = Math.trunc(millisecond / 10);

  // Years that begin in March, so that the leap day is the last day of its year; eras of 400 years repeat.
  const sinceMarch = days + EPOCH;
  const era = Math.trunc(sinceMarch / 146_097);
  const dayOfEra = sinceMarch - era * 146_097;
  const leapDays =
    Math.trunc(dayOfEra / 1_460) - Math.trunc(dayOfEra / 36_524) + Math.trunc(dayOfEra / 146_096);
  const yearOfEra = Math.trunc((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.trunc(yearOfEra / 4) - Math.trunc(yearOfEra / 100));
  const monthFromMarch = Math.trunc((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.trunc((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);

  return `${TWO_DIGITS[Math.trunc(year / 100)]}${TWO_DIGITS[year % 100]}-${TWO_DIGITS[month]}-${TWO_DIGITS[day]} ${TWO_DIGITS[Math.trunc(second / 3600)]}:${TWO_DIGITS[Math.trunc(second / 60) % 60]}:${TWO_DIGITS[second % 60]}.${TWO_DIGITS[tenths]}${millisecond - tenths * 10}`;
}

/**
 * The canonical form of a StatusTime that was read: the same as formatting its instant, quicker for what is canonical.
 *
 * @param instant what parseStatusTime gave for the text
 */
export function canonicalStatusTime(text: string, instant: number): string {
  // Of all accepted texts, only the canonical one has 23 characters and a space in the middle.
  return text.length === 23 && text[10] === ' ' ? text : formatStatusTime(instant);
}

/** `Z` or `±HH:MM` at the very end of the text, in milliseconds east of UTC. */
function parseOffset(text: string, at: number): number | undefined {
  const sign = text[at];
  if (sign === 'Z') return at + 1 === text.length ? 0 : undefined;
  if ((sign !== '+' && sign !== '-') || text[at + 3] !== ':' || text.length !== at + 6) return undefined;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if (hours < 0 || minutes < 0 || minutes > 59) return undefined;
  const offset = hours * HOUR + minutes * MINUTE;
  if (offset > LARGEST_OFFSET) return undefined;
  return sign === '-' ? -offset : offset;
}

/** Days from the epoch to a date of the Gregorian calendar, counted in years that begin in March. */
function daysBefore(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const monthFromMarch = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.trunc(marchYear / 4) - Math.trunc(marchYear / 100) + Math.trunc(marchYear / 400);
  return 365 * marchYear + leapDays + Math.trunc((153 * monthFromMarch + 2) / 5) + day - 1 - EPOCH;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Two digits as a number; far below zero, even in a sum of two, if they are not two digits. */
function twoDigits(text: string, at: number): number {
  return isDigit(text, at) && isDigit(text, at + 1)
    ? (text.charCodeAt(at) - 48) * 10 + (text.charCodeAt(at + 1) - 48)
    : -10_000;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}
