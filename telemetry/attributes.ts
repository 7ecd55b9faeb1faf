import { isWithin, toInteger, toNumber } from './decimal.ts';
import { quote } from './excerpt.ts';
import { type JsonScanner, KIND } from './json-scanner.ts';
import { NAME_LENGTH, nameFault } from './name.ts';
import type { Invalid } from './reading.ts';
import { parseStatusTime, parseStatusTimeBytes } from './status-time.ts';

/** Bounds of magic, health and counts: 32-bit integers. */
export const INTEGER = { least: -(2 ** 31), most: 2 ** 31 - 1 } as const;

/** Largest value of each number of a reading: degrees either way, and metres. */
export const LARGEST = { latitude: 90, longitude: 180, distance: 1_000_000 } as const;

/** Not a valid record, and why. */
export function invalid(reason: string): Invalid {
  return { ok: false, reason };
}

/** What an attribute is until it is met. */
export function missing(name: string): Invalid {
  return invalid(`${name} is missing`);
}

/** What JSON.stringify would write for a text, quickly for the usual one that needs no escapes. */
export function jsonString(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** The value just scanned as Name. */
export function readName(scanner: JsonScanner): string | Invalid {
  if (scanner.kind !== KIND.string) return mustBe(scanner, 'Name', 'a string');
  const name = scanner.text();
  // Printable ASCII can only be too long.
  if (scanner.plain && name.length > 0 && name.length <= NAME_LENGTH) return name;
  const fault = nameFault(name);
  return fault === undefined ? name : invalid(`Name ${fault} (given ${quote(name)})`);
}

/** The value just scanned as StatusTime: milliseconds since the epoch. */
export function readInstant(scanner: JsonScanner): number | Invalid {
  if (scanner.kind !== KIND.string) return mustBe(scanner, 'StatusTime', 'a string');
  const instant = scanner.plain
    ? parseStatusTimeBytes(scanner.bytes, scanner.from + 1, scanner.to - 1)
    : parseStatusTime(scanner.text());
  return instant ?? mustBe(scanner, 'StatusTime', 'a real time such as 2026-01-31 12:00:00.000');
}

/** The value just scanned as a number whose decimal value lies between two integers. */
export function readNumber(
  scanner: JsonScanner,
  name: string,
  least: number,
  most: number,
): number | Invalid {
  if (scanner.kind !== KIND.number) return mustBe(scanner, name, 'a number');
  const value = toNumber(scanner);
  return isWithin(scanner, value, least, most) ? value : mustBe(scanner, name, `from ${least} to ${most}`);
}

/** The value just scanned as a 32-bit integer, by its decimal value: 150.0 and 1.5e2 are 150. */
export function readInteger(
  scanner: JsonScanner,
  name: string,
  least: number = INTEGER.least,
): number | Invalid {
  if (scanner.kind !== KIND.number) return mustBe(scanner, name, 'an integer');
  const value = toInteger(scanner, least, INTEGER.most);
  return value ?? mustBe(scanner, name, `an integer from ${least} to ${INTEGER.most}`);
}

function mustBe(scanner: JsonScanner, name: string, allowed: string): Invalid {
  return invalid(`${name} must be ${allowed} (given ${scanner.given()})`);
}
