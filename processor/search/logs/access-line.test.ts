import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAccessLine } from './access-line.ts';

const COMMON = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326';

function entry(line: string) {
  const parsed = parseAccessLine(line);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.entry;
}

describe('a line of an access log', () => {
  it('in the common format', () => {
    expect(entry(COMMON)).toEqual({
      Host: '127.0.0.1',
      User: 'frank',
      Time: '2000-10-10T20:55:36.000Z',
      Request: 'GET /apache_pb.gif HTTP/1.0',
      Method: 'GET',
      Path: '/apache_pb.gif',
      Protocol: 'HTTP/1.0',
      Status: 200,
      Bytes: 2326,
    });
  });

  it('in the combined format', () => {
    expect(
      entry(`${COMMON} "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"`),
    ).toMatchObject({
      Bytes: 2326,
      Referer: 'http://www.example.com/start.html',
      UserAgent: 'Mozilla/4.08 [en] (Win98; I ;Nav)',
    });
  });

  it('with an address of IPv6, and with nothing known', () => {
    expect(
      entry('2001:db8::1 - - [31/Dec/2025:23:59:60 +0000] "-" 408 - "-" "-"'.replace(':60', ':59')),
    ).toEqual({
      Host: '2001:db8::1',
      Time: '2025-12-31T23:59:59.000Z',
      Request: undefined,
      Status: 408,
    });
  });

  it('with escapes in its texts', () => {
    const line = `h - - [01/Jan/2026:00:00:00 +0530] "GET /\\"a\\\\b\\xf0\\x9f\\xa6\\x84 HTTP/1.1" 200 1 "-" "tab\\there"`;
    expect(entry(line)).toMatchObject({
      Time: '2025-12-31T18:30:00.000Z',
      Path: '/"a\\b🦄',
      UserAgent: 'tab\there',
    });
  });

  it('with a user that has blanks, and a request that is none', () => {
    expect(entry('h - John Doe [01/Jan/2026:00:00:00 +0000] "\\x16\\x03\\x01 a b c" 400 226')).toMatchObject({
      User: 'John Doe',
      Request: '\u0016\u0003\u0001 a b c',
      Status: 400,
    });
  });

  it.each([
    '',
    'x',
    COMMON.slice(0, -5),
    COMMON.replace('"GET', 'GET'),
    `${COMMON} "only a referer"`,
    `${COMMON} "-" "-" more`,
    `${COMMON} "-" "never ends`,
    COMMON.replace('Oct', 'Okt'),
    COMMON.replace('10/', '32/'),
    COMMON.replace(' -0700', ''),
    COMMON.replace('200 ', '99 '),
    COMMON.replace('2326', 'many'),
  ])('is refused with its reason: %s', (line) => {
    expect(parseAccessLine(line)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/must .*\(given /),
    });
  });

  it('is told of whatever it is, in no time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => void parseAccessLine(line)),
      { numRuns: 300 },
    );
    for (const piece of ['[', '"', '\\', ' [', '] ', '\\x']) {
      expect(parseAccessLine(`h - ${piece.repeat(30_000)}`).ok).toBe(false);
    }
  });

  it('says what it was made of', () => {
    const word = fc.stringMatching(/^[\w.:-]{1,12}$/).filter((text) => text !== '-');
    const quoted = fc.string({ unit: 'binary-ascii', minLength: 1 }).filter((text) => text !== '-');
    const escaped = (text: string) =>
      [...text]
        .map((character) => {
          if (character === '"' || character === '\\') return `\\${character}`;
          const code = character.charCodeAt(0);
          return code < 32 || code > 126 ? `\\x${code.toString(16).padStart(2, '0')}` : character;
        })
        .join('');
    fc.assert(
      fc.property(word, quoted, quoted, quoted, (host, request, referer, agent) => {
        const texts = [request, referer, agent].map((text) => `"${escaped(text)}"`);
        const line = `${host} - - [01/Jan/2026:00:00:00 +0000] ${texts[0]} 200 - ${texts[1]} ${texts[2]}`;
        expect(entry(line)).toMatchObject({
          Host: host,
          Request: request,
          Referer: referer,
          UserAgent: agent,
        });
      }),
    );
  });
});
