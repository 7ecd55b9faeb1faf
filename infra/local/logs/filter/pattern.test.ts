import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ServiceError } from '../../protocol/errors.ts';
import { wordsOf } from './fields.ts';
import { compilePattern } from './pattern.ts';

function check(pattern: string, matching: readonly string[], others: readonly string[]): void {
  const matches = compilePattern(pattern);
  for (const message of matching) expect(matches(message), message).toBe(true);
  for (const message of others) expect(matches(message), message).toBe(false);
}

const REFUSED = ['[ERROR 400] BAD REQUEST', '[ERROR 401] UNAUTHORIZED REQUEST'];

describe('terms', () => {
  it.each([
    ['', [...REFUSED, '', '{}'], []],
    ['   ', ['anything'], []],
    ['ERROR', [...REFUSED, 'Exiting with ERRORCODE: -1'], ['error', 'ERRO']],
    ['ERROR REQUEST', REFUSED, ['ERROR', 'REQUEST']],
    ['REQUEST ERROR', REFUSED, []],
    ['"ERROR 401"', [REFUSED[1]!], [REFUSED[0]!, 'ERROR  401']],
    ['"a \\"b\\" c"', ['x a "b" c'], ['a b c']],
    ['ERROR -Exiting', ['[ERROR] fatal'], ['Exiting with ERRORCODE: -1', 'fine']],
    ['-"BAD REQUEST"', [REFUSED[1]!, 'fine'], [REFUSED[0]!]],
    ['?ERROR ?WARN', ['ERROR x', 'x WARN', 'ERROR WARN'], ['INFO']],
    ['?"ERROR 400" ?"ERROR 401"', REFUSED, ['ERROR 500']],
    // Beside other terms, those with ? have no effect.
    ['?ERROR ?WARN REQUEST', ['INFO REQUEST', 'ERROR REQUEST'], ['ERROR']],
    ['?ERROR -WARN', ['INFO'], ['ERROR WARN']],
    ['%AUTHORI[SZ]ED%', [REFUSED[1]!, 'AUTHORISED'], [REFUSED[0]!]],
    ['ERROR -%4\\d\\d%', ['ERROR 500'], REFUSED],
    ['Größe', ['die Größe'], ['Grösse']],
  ])('%s', check);
});

const TRAIL = JSON.stringify({
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
  latency: 512.5,
  status: '404',
  'dotted.name': 'x',
});

const USERS = JSON.stringify({
  user: { id: 1, email: 'John.Stiles@example.com' },
  users: [
    { id: 2, email: 'John.Doe@example.com' },
    { id: 3, email: 'Jane.Doe@example.com' },
  ],
  actions: ['GET', 'PUT', 'DELETE'],
  coordinates: [
    [0, 1, 2],
    [4, 5, 6],
  ],
});

describe('patterns of JSON', () => {
  it.each([
    '{ $.eventType = "UpdateTrail" }',
    '{$.eventType=UpdateTrail}',
    '{ $.eventType = * }',
    '{ $.eventType = Update* }',
    '{ $.eventType = "*Trail" }',
    '{ $.eventType = %^Up[a-z]+T% }',
    '{ $.eventType != "*Untrail" }',
    '{ $.sourceIPAddress != 123.123.* }',
    '{ $.sourceIPAddress = 111.* }',
    '{ $.arrayKey[0] = "value" }',
    '{ $.arrayKey[*] = "another value" }',
    '{ $.objectList[1].id = 2 }',
    '{ $.objectList[*].id = 2 }',
    '{ $.SomeObject IS NULL }',
    '{ $.SomeOtherObject NOT EXISTS }',
    '{ $.SomeObject EXISTS }',
    '{ $.ThisFlag IS TRUE }',
    '{ $.ThisFlag = true }',
    '{ $.latency >= 500 }',
    '{ $.latency < 10e3 }',
    '{ $.latency > +1.5e-3 }',
    '{ $.latency = 512.50 }',
    '{ $.latency != 512 }',
    '{ $.status = 404 }',
    '{ $.status = 4* }',
    "{ $.['dotted.name'] = x }",
    '{ $["dotted.name"] = x }',
  ])('%s holds', (pattern) => check(pattern, [TRAIL, `${TRAIL}\n`], ['no JSON', '"text"', '7', 'null']));

  it.each([
    '{ $.eventType = "updateTrail" }',
    '{ $.eventType = "Up*Trail" }',
    '{ $.arrayKey = "value" }',
    '{ $.arrayKey != "value" }',
    '{ $.arrayKey[2] = * }',
    '{ $.eventType[0] = U }',
    '{ $.missing != "x" }',
    '{ $.missing = * }',
    '{ $.SomeObject = null }',
    '{ $.SomeOtherObject IS NULL }',
    '{ $.SomeObject NOT EXISTS }',
    '{ $.ThisFlag IS FALSE }',
    '{ $.eventType > 3 }',
    '{ $.constructor EXISTS }',
    '{ $.__proto__ EXISTS }',
    '{ $.arrayKey.length = 2 }',
  ])('%s does not hold', (pattern) => check(pattern, [], [TRAIL]));

  it.each([
    ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', true],
    ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', false],
    [
      '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
      true,
    ],
    [
      '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
      false,
    ],
    ['{ $.coordinates[1][2] = 6 && $.coordinates[*][*] = 5 }', true],
  ])('%s: %s', (pattern, expected) => {
    expect(compilePattern(pattern)(USERS)).toBe(expected);
  });
});

const ACCESS = [
  '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534',
  '127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /index.html HTTP/1.0" 404 5324',
  '127.0.0.1 - frank [10/Oct/2000:13:50:35 -0700] "GET /apache_pb.gif HTTP/1.0" 503 4355\n',
] as const;

describe('patterns of words', () => {
  it.each([
    ['[ip, user, username, timestamp, request, status_code, bytes]', [0, 1, 2]],
    ['[ip, user, username, timestamp, request]', []],
    ['[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]', [1]],
    ['[ip, user, username, timestamp, request, status_code, bytes > 4000]', [1, 2]],
    ['[ip, user, username, timestamp, request, status_code = 4* || status_code = 5*, bytes]', [1, 2]],
    ['[ip, user, username, timestamp, request, status_code = 4* && status_code != 403, bytes]', [1]],
    ['[..., status_code=200, bytes]', [0]],
    ['[ip=%127\\.0\\.0\\.[1-9]%, user, ..., status_code, bytes]', [0, 1, 2]],
    ['[ip, user, ...]', [0, 1, 2]],
    ['[...]', [0, 1, 2]],
    ['[..., status_code=404,]', [1]],
    ['[a, b, c, d, e, f, g, ...]', [0, 1, 2]],
    ['[a, b, c, d, e, f, g, h, ...]', []],
    ['[..., agent = "GET /index.html HTTP/1.0", status, bytes]', [1]],
  ])('%s', (pattern, expected) => {
    const matches = compilePattern(pattern);
    expect(ACCESS.flatMap((line, i) => (matches(line) ? [i] : []))).toEqual(expected);
  });

  it.each([
    ['[w1=ERROR, w2]', [false, true, false]],
    ['[w1=ERROR || w1=WARN, w2]', [false, true, true]],
    ['[w1!=ERROR&&w1!=WARN, ...]', [false, false, false]],
  ])('%s', (pattern, expected) => {
    const matches = compilePattern(pattern);
    expect(['ERROR WARN message', 'ERROR message', 'WARN message'].map(matches)).toEqual(expected);
  });

  test('take what is in brackets and in quotes as one word', () => {
    const message = 'a [b c] "d e" [f g]h "i "j" [] "" k]';
    expect(wordsOf(message)).toEqual(['a', 'b c', 'd e', '[f', 'g]h', '"i', 'j', '', '', 'k]']);
  });

  test('are found in time that grows with the message only', () => {
    expect(wordsOf('[ '.repeat(200_000))).toHaveLength(200_000);
    expect(wordsOf(`${'[ '.repeat(200_000)}]x`)).toHaveLength(200_001);
  });
});

describe('what is no pattern', () => {
  it.each([
    'a-b',
    'a.b',
    '5d1f8a34-0000',
    '"open',
    '-',
    '? ERROR',
    '*',
    '%open',
    '%a(b)%',
    '{ }',
    '{ $.a }',
    '{ a = 1 }',
    '{ $ = 1 }',
    "{ $.a = 'x' }",
    '{ $.a = 1 && }',
    '{ ($.a = 1 }',
    '{ $.a = 1 $.b = 2 }',
    '{ $.a > "x" }',
    '{ $.a = a@b }',
    '[..., a, ...]',
    '[a=1 && b=2]',
    '[a =]',
    '[a b]',
  ])('%s', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow('Invalid filter pattern');
  });

  it.each(['{', '{ $.a = 1', '[', '[a, b'])('%s says how it must end', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(
      `If a filter pattern starts with '${pattern[0]}' it must end with '${pattern[0] === '{' ? '}' : ']'}'`,
    );
  });

  test('never fails in another way', () => {
    const text = fc.string({ unit: fc.constantFrom(...'{}[]()"%$.=!<>&|,*\\- aA1_'), maxLength: 30 });
    const pattern = fc.oneof(
      text,
      text.map((body) => `{${body}}`),
      text.map((body) => `[${body}]`),
      fc.string(),
    );
    fc.assert(
      fc.property(pattern, fc.oneof(fc.string(), fc.json()), (pattern, message) => {
        try {
          compilePattern(pattern)(message);
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

test('any phrase in quotes is found where it is', () => {
  const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), fc.string(), (before, phrase, behind) => {
      expect(compilePattern(quoted(phrase))(before + phrase + behind)).toBe(true);
      expect(compilePattern(`-${quoted(phrase)}`)(before + phrase + behind)).toBe(false);
    }),
  );
});
