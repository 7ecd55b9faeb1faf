import type { AttributeNames } from './attribute-names.ts';
import { characterLength, escapeLength } from './characters.ts';
import { type Decimal, ROOM_FOR_A_DIGIT, TAIL_WEIGHT } from './decimal.ts';
import { excerpt } from './excerpt.ts';

/** What a value turned out to be. `fault`: not JSON; the scanner's `fault` says why. */
export const KIND = { fault: 0, string: 1, number: 2, word: 3, container: 4 } as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

/** What `attribute` found, beside the index of a name that it was asked for. */
export const ATTRIBUTE = { extra: -1, end: -2, fault: -3 } as const;

/**
 * Levels of objects and arrays in one record, the record itself being the first: the default of Jackson, the parser of
 * the JVM, so that a record is not valid in one engine only. Source: https://github.com/FasterXML/jackson-core/pull/943
 */
export const DEEPEST = 1000;

/** Exponents beyond this are all the same: no text is long enough to bring such a number back into reach. */
const EXPONENT_CAP = 1e10;

/** Bytes that stand for themselves in a string and need no thought: printable ASCII but `"` and `\`. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c ? 1 : 0,
);

// Keeps no state between calls: it is never given a stream.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads one JSON object from UTF-8 bytes, attribute by attribute, each byte once.
 *
 * Strict: RFC 8259 to the letter, well-formed UTF-8 (no overlong forms, no surrogates, no byte order mark), nothing
 * but white space around the object. Never throws and never recurses: the first fault ends the scan.
 *
 *     const scanner = new JsonScanner(bytes);
 *     if (!scanner.open()) return scanner.fault;
 *     for (let found = scanner.attribute(NAMES); found !== ATTRIBUTE.end; found = scanner.attribute(NAMES)) {
 *       if (found === ATTRIBUTE.fault || scanner.value() === KIND.fault) return scanner.fault;
 *       … scanner.text(), or toNumber(scanner) …
 *     }
 *
 * After `value`, the scanner itself is the Decimal of a number.
 */
export class JsonScanner implements Decimal {
  /** Why the bytes are not one JSON object, in words meant for a person; empty while nothing is wrong. */
  fault = '';
  kind: Kind = KIND.fault;
  /** First byte of the value, quotes and brackets included. */
  from = 0;
  /** Byte after its last. */
  to = 0;
  /** Of a string: whether it is printable ASCII without escapes, one byte a character. */
  plain = false;
  negative = false;
  mantissa = 0;
  exponent = 0;
  tail = 0;
  cut = false;

  readonly bytes: Uint8Array;
  #at = 0;
  #escaped = false;
  #first = true;
  /** Index of the name that would come next if the attributes stood in the order asked for. */
  #expected = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Enters the object. False if the bytes do not begin with one. */
  open(): boolean {
    const at = this.#skipSpace(0);
    if (this.bytes[at] === 0x7b) {
      this.#at = at + 1;
      return true;
    }
    this.fault =
      this.bytes[0] === 0xef && this.bytes[1] === 0xbb && this.bytes[2] === 0xbf
        ? 'a record must not begin with a byte order mark'
        : `a record must be a JSON object (given ${excerpt(this.bytes)})`;
    return false;
  }

  /**
   * Goes to the next attribute's value.
   *
   * @param names attributes to recognise
   * @returns index among the names, or one of ATTRIBUTE; `end` only when nothing but white space follows the object
   */
  attribute(names: AttributeNames): number {
    const bytes = this.bytes;
    let at = this.#skipSpace(this.#at);
    if (bytes[at] === 0x7d) return this.#close(at + 1);
    if (!this.#first) {
      if (bytes[at] !== 0x2c) return this.#attributeFault(at);
      at = this.#skipSpace(at + 1);
    }
    this.#first = false;

    const expected = names.prefixes[this.#expected];
    if (expected !== undefined && this.#isAt(at, expected)) {
      this.#at = at + expected.length;
      return this.#expected++;
    }

    if (bytes[at] !== 0x22) return this.#attributeFault(at);
    this.from = at;
    this.to = this.#string(at);
    if (this.to < 0) return ATTRIBUTE.fault;
    at = this.#skipSpace(this.to);
    if (bytes[at] !== 0x3a) return this.#attributeFault(at);
    this.#at = at + 1;
    const found = this.#indexOf(names);
    if (found >= 0) this.#expected = found + 1;
    return found;
  }

  /** Reads the value of the attribute, of any kind, whole. */
  value(): Kind {
    const at = this.#skipSpace(this.#at);
    const opening = this.bytes[at];
    const isContainer = opening === 0x7b || opening === 0x5b;
    const to = isContainer ? this.#container(at) : this.#scalar(at);
    if (to < 0) {
      this.kind = KIND.fault;
      return KIND.fault;
    }
    if (isContainer) this.kind = KIND.container;
    this.from = at;
    this.to = to;
    this.#at = to;
    return this.kind;
  }

  /** The string that was read, escapes resolved; a `\ud800` without its other half stays a lone surrogate. */
  text(): string {
    const bytes = this.bytes;
    if (this.#escaped) return JSON.parse(utf8.decode(bytes.subarray(this.from, this.to)));
    const to = this.to - 1;
    if (this.plain && to - this.from <= 13) {
      // For a few characters, joining them is quicker than asking the decoder.
      let text = '';
      for (let at = this.from + 1; at < to; at++) text += String.fromCharCode(bytes[at]!);
      return text;
    }
    return utf8.decode(bytes.subarray(this.from + 1, to));
  }

  /** The text of the number that was read. */
  literal(): string {
    return utf8.decode(this.bytes.subarray(this.from, this.to));
  }

  /** The value that was read, as it stood, for a reason: at most 60 characters. */
  given(): string {
    return excerpt(this.bytes, this.from, this.to);
  }

  #close(at: number): number {
    const after = this.#skipSpace(at);
    if (after === this.bytes.length) return ATTRIBUTE.end;
    this.fault = `nothing may follow the JSON object (given ${excerpt(this.bytes, after)} at byte ${after})`;
    return ATTRIBUTE.fault;
  }

  /** String, number or word. Gives the byte after it, or -1. */
  #scalar(at: number): number {
    const opening = this.bytes[at]!;
    if (opening === 0x22) {
      this.kind = KIND.string;
      return this.#string(at);
    }
    if (opening === 0x2d || (opening >= 0x30 && opening <= 0x39)) {
      this.kind = KIND.number;
      return this.#number(at);
    }
    this.kind = KIND.word;
    if (opening === 0x74) return this.#word('true', at);
    if (opening === 0x66) return this.#word('false', at);
    if (opening === 0x6e) return this.#word('null', at);
    return this.#malformed(at);
  }

  #string(opening: number): number {
    const bytes = this.bytes;
    const end = bytes.length;
    let at = opening + 1;
    this.plain = true;
    this.#escaped = false;
    while (at < end) {
      const byte = bytes[at]!;
      if (PLAIN[byte] === 1) {
        at++;
      } else if (byte === 0x22) {
        return at + 1;
      } else if (byte === 0x5c) {
        this.plain = false;
        this.#escaped = true;
        const length = escapeLength(bytes, at);
        if (length === 0) return this.#malformed(at);
        at += length;
      } else if (byte < 0x20) {
        return this.#malformed(at);
      } else {
        this.plain = false;
        const length = characterLength(bytes, at);
        if (length === 0) return this.#badUtf8(at);
        at += length;
      }
    }
    return this.#malformed(end);
  }

  #number(from: number): number {
    const bytes = this.bytes;
    const end = bytes.length;
    let at = from;
    const negative = bytes[at] === 0x2d;
    if (negative) at++;

    let mantissa = 0;
    let exponent = 0;
    let tail = 0;
    let weight = TAIL_WEIGHT;
    let cut = false;
    const whole = at;
    for (; at < end; at++) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) break;
      if (mantissa <= ROOM_FOR_A_DIGIT) {
        mantissa = mantissa * 10 + digit;
      } else {
        exponent++;
        tail += digit * weight;
        cut ||= weight === 0 && digit !== 0;
        weight = (weight / 10) | 0;
      }
    }
    if (at === whole) return this.#malformed(at);
    if (bytes[whole] === 0x30 && at > whole + 1) return this.#malformed(whole + 1);

    if (bytes[at] === 0x2e) {
      const fraction = ++at;
      for (; at < end; at++) {
        const digit = bytes[at]! - 0x30;
        if (digit < 0 || digit > 9) break;
        if (mantissa <= ROOM_FOR_A_DIGIT) {
          mantissa = mantissa * 10 + digit;
          exponent--;
        } else {
          tail += digit * weight;
          cut ||= weight === 0 && digit !== 0;
          weight = (weight / 10) | 0;
        }
      }
      if (at === fraction) return this.#malformed(at);
    }

    if (at < end && (bytes[at]! | 0x20) === 0x65) {
      at++;
      const sign = bytes[at];
      if (sign === 0x2b || sign === 0x2d) at++;
      const first = at;
      let power = 0;
      for (; at < end; at++) {
        const digit = bytes[at]! - 0x30;
        if (digit < 0 || digit > 9) break;
        if (power < EXPONENT_CAP) power = power * 10 + digit;
      }
      if (at === first) return this.#malformed(at);
      exponent += sign === 0x2d ? -power : power;
    }

    this.negative = negative;
    this.mantissa = mantissa;
    this.exponent = exponent;
    this.tail = tail;
    this.cut = cut;
    return at;
  }

  #word(word: string, from: number): number {
    for (let at = 0; at < word.length; at++) {
      if (this.bytes[from + at] !== word.charCodeAt(at)) return this.#malformed(from + at);
    }
    return from + word.length;
  }

  /** An object or array with all that is in it. Gives the byte after it, or -1. */
  #container(from: number): number {
    const bytes = this.bytes;
    /** Closing brackets still to come, innermost last. */
    const closing: number[] = [];
    let at = from;
    for (;;) {
      const opening = bytes[at];
      if (opening === 0x7b || opening === 0x5b) {
        if (closing.length + 2 > DEEPEST) return this.#tooDeep(at);
        closing.push(opening + 2);
        at = this.#skipSpace(at + 1);
        if (bytes[at] !== opening + 2) {
          if (opening === 0x7b) at = this.#key(at);
          if (at < 0) return -1;
          continue;
        }
      } else {
        at = this.#scalar(at);
        if (at < 0) return -1;
        at = this.#skipSpace(at);
      }

      while (bytes[at] === closing[closing.length - 1]) {
        closing.pop();
        if (closing.length === 0) return at + 1;
        at = this.#skipSpace(at + 1);
      }
      if (bytes[at] !== 0x2c) return this.#malformed(at);
      at = this.#skipSpace(at + 1);
      if (closing[closing.length - 1] === 0x7d) at = this.#key(at);
      if (at < 0) return -1;
    }
  }

  /** A nested attribute's name and colon. Gives the first byte of its value, or -1. */
  #key(from: number): number {
    if (this.bytes[from] !== 0x22) return this.#malformed(from);
    let at = this.#string(from);
    if (at < 0) return -1;
    at = this.#skipSpace(at);
    if (this.bytes[at] !== 0x3a) return this.#malformed(at);
    return this.#skipSpace(at + 1);
  }

  #skipSpace(at: number): number {
    return this.bytes[at]! > 0x20 ? at : this.#skipSpaces(at);
  }

  #skipSpaces(from: number): number {
    const bytes = this.bytes;
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    }
    return at;
  }

  #isAt(from: number, expected: Uint8Array): boolean {
    const bytes = this.bytes;
    const length = expected.length;
    if (from + length > bytes.length) return false;
    for (let at = 0; at < length; at++) {
      if (bytes[from + at] !== expected[at]) return false;
    }
    return true;
  }

  /** Which of the names the string just read is. */
  #indexOf({ names, quoted }: AttributeNames): number {
    if (this.#escaped) return names.indexOf(this.text());
    const length = this.to - this.from;
    return quoted.findIndex((name) => name.length === length && this.#isAt(this.from, name));
  }

  #attributeFault(at: number): number {
    this.#malformed(at);
    return ATTRIBUTE.fault;
  }

  #malformed(at: number): -1 {
    if (at < this.bytes.length) {
      this.fault = `malformed JSON at byte ${at} (given ${excerpt(this.bytes, at)})`;
    } else {
      this.fault = `malformed JSON: it ends before the object does (after ${this.bytes.length} bytes)`;
    }
    return -1;
  }

  #badUtf8(at: number): -1 {
    const byte = this.bytes[at]!.toString(16);
    this.fault = `bytes must be UTF-8 (given 0x${byte} at byte ${at})`;
    return -1;
  }

  #tooDeep(at: number): -1 {
    this.fault = `objects and arrays must nest at most ${DEEPEST} deep (given one more at byte ${at})`;
    return -1;
  }
}
