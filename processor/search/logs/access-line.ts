import { quote } from '../../../telemetry/excerpt.ts';
import type { Invalid } from '../../../telemetry/reading.ts';
import { parseStatusTime } from '../../../telemetry/status-time.ts';

/** One request, as an Apache server logs it. What a line gives as `-` is absent. */
export interface AccessEntry {
  /** Address or name of the client. */
  readonly Host: string;
  readonly Identity?: string;
  readonly User?: string;
  /** When the request came, ISO-8601, UTC. */
  readonly Time: string;
  /** The request's first line. */
  readonly Request?: string;
  /** The parts of it, when it has exactly three. */
  readonly Method?: string;
  readonly Path?: string;
  readonly Protocol?: string;
  /** 100 to 599. */
  readonly Status?: number;
  /** Bytes sent, without headers. */
  readonly Bytes?: number;
  readonly Referer?: string;
  readonly UserAgent?: string;
}

/**
 * Reads a line of the common or the combined log format.
 * Source: https://httpd.apache.org/docs/2.4/logs.html#accesslog and
 * https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#format-notes
 *
 * @returns the entry, or why the line is none. Never throws; takes time in proportion to the line.
 */
export function parseAccessLine(line: string): { readonly ok: true; readonly entry: AccessEntry } | Invalid {
  const scanner = new LineScanner(line);
  const host = scanner.word();
  const identity = scanner.word();
  const user = scanner.until(' [');
  const time = scanner.until('] ');
  const request = scanner.quoted();
  const status = scanner.word();
  const bytes = scanner.word();
  const combined = !scanner.atEnd();
  const referer = combined ? scanner.quoted() : '-';
  const userAgent = combined ? scanner.quoted() : '-';
  if (!scanner.atEnd() || host === '' || identity === '' || user === '') {
    return bad('a line must be of the common or the combined log format', line);
  }
  const instant = parseTime(time);
  if (instant === undefined) return bad('the time must be such as 10/Oct/2000:13:55:36 -0700', time);
  if (!/^(?:[1-5]\d\d|-)$/.test(status)) return bad('the status must be from 100 to 599', status);
  if (!/^(?:\d{1,15}|-)$/.test(bytes)) return bad('the bytes must be a number or -', bytes);
  const parts = request.split(' ');
  const [method, path, protocol] = parts.length === 3 ? parts : [];
  return {
    ok: true,
    entry: {
      Host: host,
      ...given('Identity', identity),
      ...given('User', user === '""' ? '-' : user),
      Time: new Date(instant).toISOString(),
      ...given('Request', request),
      ...given('Method', method),
      ...given('Path', path),
      ...given('Protocol', protocol),
      ...(status === '-' ? {} : { Status: Number(status) }),
      ...(bytes === '-' ? {} : { Bytes: Number(bytes) }),
      ...given('Referer', referer),
      ...given('UserAgent', userAgent),
    },
  };
}

function given<N extends string>(name: N, value: string | undefined): { readonly [K in N]?: string } {
  return value === undefined || value === '-' || value === ''
    ? {}
    : ({ [name]: value } as { readonly [K in N]: string });
}

function bad(allowed: string, text: string): Invalid {
  return { ok: false, reason: `${allowed} (given ${quote(text)})` };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `10/Oct/2000:13:55:36 -0700`, whatever the machine's time zone or language: milliseconds since the epoch. */
function parseTime(text: string): number | undefined {
  const parts = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)$/.exec(text);
  if (parts === null) return undefined;
  const [, day, month = '', year, clock, hours, minutes] = parts;
  const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
  return parseStatusTime(`${year}-${number}-${day}T${clock}${hours}:${minutes}`);
}

/** Goes over a line once, from its first character to its last. */
class LineScanner {
  readonly #line: string;
  #at = 0;
  #failed = false;

  constructor(line: string) {
    this.#line = line;
  }

  /** True when all of the line was read, and every part was there. */
  atEnd(): boolean {
    return !this.#failed && this.#at >= this.#line.length;
  }

  /** What stands before the next blank, or the end. */
  word(): string {
    const blank = this.#line.indexOf(' ', this.#at);
    return this.#take(blank === -1 ? this.#line.length : blank, 1);
  }

  /** What stands before the next such text. */
  until(text: string): string {
    const end = this.#line.indexOf(text, this.#at);
    if (end === -1) this.#failed = true;
    return end === -1 ? '' : this.#take(end, text.length);
  }

  /** What stands in quotes, without its escapes; a blank or the end follows. */
  quoted(): string {
    const line = this.#line;
    const start = this.#at;
    let at = start + 1;
    while (at < line.length && line[at] !== '"') at += line[at] === '\\' ? 2 : 1;
    if (line[start] !== '"' || at >= line.length || (at + 1 < line.length && line[at + 1] !== ' ')) {
      this.#failed = true;
      return '';
    }
    this.#at = at + 2;
    return unescaped(line.slice(start + 1, at));
  }

  #take(end: number, separator: number): string {
    const taken = this.#line.slice(this.#at, end);
    this.#at = end + separator;
    return taken;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v' };

// Keeps no state between calls: it is never given a stream.
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** Apache writes quotes and backslashes after a backslash, controls in C's manner, and other bytes as `\xHH`. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  // Bytes that follow one another are one text: a character may have several.
  return text.replace(
    /((?:\\x[0-9a-fA-F]{2})+)|\\([\s\S])/g,
    (_, bytes: string | undefined, character: string) =>
      bytes === undefined
        ? (ESCAPES[character] ?? character)
        : lenient.decode(Buffer.from(bytes.replaceAll('\\x', ''), 'hex')),
  );
}
