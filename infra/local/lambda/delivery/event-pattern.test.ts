import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern } from './event-pattern.ts';
import { PatternError } from './leaf-test.ts';
import { parseKeepingNumbers } from './number-text.ts';

/** Both as JSON texts, so that numbers are compared as they were written. */
function matches(pattern: string, document: string): boolean {
  return compilePattern(parseKeepingNumbers(pattern)).matches(parseKeepingNumbers(document));
}

describe('a leaf', () => {
  test.each([
    ['[null]', 'null', true],
    ['[null]', '""', false],
    ['[""]', '""', true],
    ['[""]', '" "', false],
    ['["Alice"]', '"Alice"', true],
    ['["Alice"]', '"alice"', false],
    ['["Credit", "Debit"]', '"Debit"', true],
    ['["Credit", "Debit"]', '"Cash"', false],
    ['[true]', 'true', true],
    ['[true]', '"true"', false],
    ['[300]', '300', true],
    ['[300]', '300.0', false],
    ['[300]', '3.0e2', false],
    ['[300]', '"300"', false],
    ['["300"]', '300', false],
    ['[{"numeric": ["=", 100]}]', '100.0', true],
    ['[{"numeric": ["=", 100]}]', '"100"', false],
    ['[{"numeric": ["=", 0.3]}]', '0.3000000001', true],
    ['[{"numeric": ["=", 0.3]}]', '0.300001', false],
    ['[{"numeric": [">", 10, "<=", 20]}]', '10', false],
    ['[{"numeric": [">", 10, "<=", 20]}]', '20', true],
    ['[{"numeric": [">=", 10, "<", 20]}]', '10', true],
    ['[{"numeric": [">=", 10, "<", 20]}]', '20', false],
    ['[{"numeric": ["<", 0]}]', '-1e3', true],
    ['[{"numeric": [">", 0]}]', '5000000000', true],
    ['[{"numeric": [">", 0]}]', '5000000001', false],
    ['[{"prefix": "us-"}]', '"us-east-1"', true],
    ['[{"prefix": "us-"}]', '"eu-us-"', false],
    ['[{"prefix": "1"}]', '12', false],
    ['[{"prefix": {"equals-ignore-case": "EventB"}}]', '"eventbridge"', true],
    ['[{"suffix": ".png"}]', '"a.png"', true],
    ['[{"suffix": ".png"}]', '"a.PNG"', false],
    ['[{"suffix": {"equals-ignore-case": ".png"}}]', '"a.PNG"', true],
    ['[{"equals-ignore-case": "Élan"}]', '"éLAN"', true],
    ['[{"equals-ignore-case": "alice"}]', '"alices"', false],
    ['[{"exactly": "a"}]', '"a"', true],
    ['[{"anything-but": "Raining"}]', '"Sunny"', true],
    ['[{"anything-but": "Raining"}]', '"Raining"', false],
    ['[{"anything-but": "Raining"}]', '1', true],
    ['[{"anything-but": "Raining"}]', 'null', true],
    ['[{"anything-but": ["a", "b"]}]', '"b"', false],
    ['[{"anything-but": [100, 200]}]', '200.0', false],
    ['[{"anything-but": 100}]', '"100"', true],
    ['[{"anything-but": {"prefix": "init"}}]', '"initial"', false],
    ['[{"anything-but": {"prefix": ["a", "b"]}}]', '"c"', true],
    ['[{"anything-but": {"suffix": ".png"}}]', '"a.png"', false],
    ['[{"anything-but": {"equals-ignore-case": ["A", "B"]}}]', '"b"', false],
    ['[{"anything-but": {"wildcard": "*/lib/*"}}]', '"a/lib/b"', false],
    ['[{"anything-but": {"wildcard": "*/lib/*"}}]', '"a/b"', true],
    ['[{"wildcard": "dir/*.png"}]', '"dir/a/b.png"', true],
    ['[{"wildcard": "dir/*.png"}]', '"dir/.png"', true],
    ['[{"wildcard": "dir/*.png"}]', '"dir/png"', false],
    ['[{"wildcard": "aba*ba"}]', '"aba"', false],
    ['[{"wildcard": "a*b*a"}]', '"aba"', true],
    ['[{"wildcard": "a*b*a"}]', '"aa"', false],
    ['[{"wildcard": "plain"}]', '"plain"', true],
    [String.raw`[{"wildcard": "a\\*\\\\"}]`, String.raw`"a*\\"`, true],
    [String.raw`[{"wildcard": "a\\*"}]`, '"ab"', false],
    ['[{"cidr": "10.0.0.0/24"}]', '"10.0.0.33"', true],
    ['[{"cidr": "10.0.0.0/24"}]', '"10.0.1.33"', false],
    ['[{"cidr": "2001:db8::/32"}]', '"2001:DB8::1"', true],
    ['[{"cidr": "10.0.0.0/24"}]', '"ten"', false],
    ['[{"exists": true}]', 'null', true],
    ['[{"exists": true}]', '{}', false],
    ['[{"exists": true}]', '[]', false],
    ['[{"exists": true}]', '{"b": 1}', false],
    ['[{"exists": false}]', '1', false],
    ['[{"exists": false}]', '{"b": 1}', true],
    ['[{"exists": false}]', '[]', true],
    ['[{"exists": false}, "a"]', '"a"', true],
    ['["b"]', '["a", "b"]', true],
    ['["c"]', '["a", "b"]', false],
    ['["b"]', '[["a"], [["b"]]]', true],
    ['[{"anything-but": "a"}]', '["a", "b"]', true],
    ['[{"anything-but": "a"}]', '[]', false],
  ])('%s asked of %s: %s', (leaf, value, expected) => {
    expect(matches(`{"a": ${leaf}}`, `{"a": ${value}}`)).toBe(expected);
  });

  test.each([
    ['[{"exists": false}]', true],
    ['[{"exists": true}]', false],
    ['[{"anything-but": "a"}]', false],
    ['[null]', false],
    ['["a", {"exists": false}]', true],
  ])('%s asked where nothing is: %s', (leaf, expected) => {
    expect(matches(`{"a": ${leaf}}`, '{"b": 1}')).toBe(expected);
    expect(matches(`{"b": {"a": ${leaf}}}`, '{"b": 1}')).toBe(expected);
    expect(matches(`{"c": {"a": ${leaf}}}`, '{}')).toBe(expected);
  });
});

describe('a document', () => {
  test.each([
    ['all of its members', '{"a": ["x"], "b": ["y"]}', '{"a": "x", "b": "z"}', false],
    ['members within members', '{"a": {"b": {"c": [1]}}}', '{"a": {"b": {"c": 1, "d": 2}}}', true],
    ['an object where a value is', '{"a": {"b": [1]}}', '{"a": 1}', false],
    ['a value where an object is', '{"a": [1]}', '{"a": {"b": 1}}', false],
    ['an element of an array', '{"a": {"b": ["y"]}}', '{"a": [{"b": "x"}, {"b": "y"}]}', true],
    [
      'one element for both',
      '{"a": {"b": [1], "c": [2]}}',
      '{"a": [{"b": 1, "c": 1}, {"b": 2, "c": 2}]}',
      false,
    ],
    ['the second element', '{"a": {"b": [1], "c": [2]}}', '{"a": [{"b": 1}, [[{"b": 1, "c": 2}]]]}', true],
    ['nothing in any element', '{"a": {"b": [{"exists": false}]}}', '{"a": [{"b": 1}, {"c": 1}]}', false],
    ['one of $or', '{"$or": [{"a": [1]}, {"b": [2]}]}', '{"b": 2}', true],
    ['none of $or', '{"$or": [{"a": [1]}, {"b": [2]}]}', '{"b": 1}', false],
    ['$or beside another', '{"c": [3], "$or": [{"a": [1]}, {"b": [2]}]}', '{"b": 2}', false],
    [
      '$or within $or',
      '{"$or": [{"a": [1]}, {"b": [2], "$or": [{"c": [3]}, {"d": [4]}]}]}',
      '{"b": 2, "d": 4}',
      true,
    ],
    [
      'one element, also across $or',
      '{"a": {"b": [1]}, "$or": [{"a": {"c": [2]}}, {"d": [3]}]}',
      '{"a": [{"b": 1}, {"c": 2}]}',
      false,
    ],
    ['an inherited member', '{"toString": [{"exists": true}]}', '{}', false],
    ['a member with the name of a prototype', '{"__proto__": {"a": [1]}}', '{"__proto__": {"a": 1}}', true],
    ['no prototype', '{"__proto__": {"toString": [{"exists": true}]}}', '{"a": 1}', false],
  ])('is asked for %s', (_, pattern, document, expected) => {
    expect(matches(pattern, document)).toBe(expected);
  });

  test.each(['1', 'null', '"a"', '[]', '[1]'])('that is %s has nothing', (document) => {
    expect(matches('{"a": [{"exists": true}]}', document)).toBe(false);
    expect(matches('{"a": [{"exists": false}]}', document)).toBe(true);
  });

  test('may nest deeper than calls can', () => {
    const deep = `{"a": ${'['.repeat(200_000)}"x"${']'.repeat(200_000)}}`;
    expect(matches('{"a": ["x"]}', deep)).toBe(true);
    expect(matches('{"a": {"b": ["x"]}}', deep)).toBe(false);
    const objects = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(matches('{"a": {"a": [1]}}', objects)).toBe(false);
  });

  test('may hold a string of megabytes, escapes or not', () => {
    for (const piece of ['a', '\\\\', '\\"9']) {
      expect(matches('{"a": [1]}', `{"b": "${piece.repeat(1_000_000)}", "a": 1}`)).toBe(true);
    }
  });
});

describe('what is no pattern', () => {
  test.each([
    ['"a"', 'the pattern must be an object or an array'],
    ['{}', 'empty objects'],
    ['{"a": {}}', 'empty objects'],
    ['{"a": []}', '"a": empty arrays'],
    ['{"a": "x"}', '"a" must be an object or an array'],
    ['{"a": {"b": 1}}', '"a.b" must be'],
    ['{"a": null}', '"a" must be'],
    ['{"a": [["x"]]}', 'cannot hold another'],
    ['{"a": [{}]}', 'a match expression is one of'],
    ['{"a": [{"regex": "x"}]}', '(given "regex")'],
    ['{"a": [{"constructor": "x"}]}', '(given "constructor")'],
    ['{"a": [{"prefix": "x", "suffix": "y"}]}', 'only one key'],
    ['{"a": [{"prefix": 1}]}', 'must be a string'],
    ['{"a": [{"prefix": {"suffix": "a"}}]}', 'takes a string or'],
    ['{"a": [{"exists": "true"}]}', 'true or false'],
    ['{"a": [{"anything-but": []}]}', 'a string, a number, or a list'],
    ['{"a": [{"anything-but": ["x", 1]}]}', 'a string, a number, or a list'],
    ['{"a": [{"anything-but": null}]}', 'a string, a number, or a list'],
    ['{"a": [{"anything-but": {"numeric": ["=", 1]}}]}', 'takes one of prefix'],
    ['{"a": [{"anything-but": {"prefix": ""}}]}', 'must not be empty'],
    ['{"a": [{"anything-but": {"prefix": []}}]}', 'must not be empty'],
    ['{"a": [{"numeric": "1"}]}', 'must be an array'],
    ['{"a": [{"numeric": []}]}', 'must begin with'],
    ['{"a": [{"numeric": ["=", "1"]}]}', 'takes numbers'],
    ['{"a": [{"numeric": ["=", 5e10]}]}', 'takes numbers from -5000000000'],
    ['{"a": [{"numeric": ["=", 1, "<", 2]}]}', 'too many elements'],
    ['{"a": [{"numeric": ["<", 1, ">", 0]}]}', 'too many elements'],
    ['{"a": [{"numeric": [">", 1, "<", 2, "<", 3]}]}', 'too many elements'],
    ['{"a": [{"numeric": [">", 2, "<", 1]}]}', 'less than the upper'],
    ['{"a": [{"wildcard": "a**b"}]}', '** is not allowed'],
    [String.raw`{"a": [{"wildcard": "a\\b"}]}`, 'escapes'],
    ['{"a": [{"cidr": "10.0.0.0"}]}', 'block of addresses'],
    ['{"a": [{"cidr": "10.0.0.0/33"}]}', 'block of addresses'],
    ['{"$or": {"a": [1]}}', 'at least two'],
    ['{"$or": [{"a": [1]}]}', 'at least two'],
    ['{"$or": [{"a": [1]}, 2]}', 'must be an object'],
    ['{"$or": [{"prefix": ["a"]}, {"b": [1]}]}', 'cannot be a member inside $or'],
  ])('%s', (pattern, message) => {
    expect(() => compilePattern(parseKeepingNumbers(pattern))).toThrowError(PatternError);
    expect(() => compilePattern(parseKeepingNumbers(pattern))).toThrowError(message);
  });

  test('more ways through $or than a thousand', () => {
    const either = '{"$or": [{"a": [1]}, {"b": [1]}]}';
    const pattern = (ors: number) =>
      `{${Array.from({ length: ors }, (_, n) => `"k${n}": ${either}`).join(', ')}}`;
    expect(() => compilePattern(parseKeepingNumbers(pattern(9)))).not.toThrow();
    expect(() => compilePattern(parseKeepingNumbers(pattern(10)))).toThrowError('1000 combinations');
    expect(() => compilePattern(parseKeepingNumbers(pattern(60)))).toThrowError('1000 combinations');
  });
});

type Json = null | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A value of the document, where it is, and which element it is of each array around it. */
interface Field {
  readonly path: string;
  readonly value: unknown;
  readonly elements: ReadonlyMap<object, number>;
}

/** The document as fields: what AWS's matcher makes of it first, and this kit's never. */
function fieldsOf(
  value: Json,
  path = '',
  elements: ReadonlyMap<object, number> = new Map(),
): readonly Field[] {
  if (Array.isArray(value)) {
    return (value as readonly Json[]).flat(20).flatMap((element, index) => {
      const inside = typeof element === 'object' && element !== null;
      return fieldsOf(element as Json, path, inside ? new Map([...elements, [value, index]]) : elements);
    });
  }
  if (typeof value !== 'object' || value === null) return [{ path, value, elements }];
  return Object.entries(value).flatMap(([key, member]) =>
    fieldsOf(member as Json, `${path}/${key}`, elements),
  );
}

type Tests = readonly (null | number | string | { readonly exists: boolean })[];
type Pattern = { readonly [key: string]: Tests | Pattern };

/** Tries every choice of a field for each path. */
function oracle(pattern: Pattern, document: Json): boolean {
  const fields = fieldsOf(document);
  const asked = (object: Pattern, path: string): [string, Tests][] =>
    Object.entries(object).flatMap(([key, member]) =>
      Array.isArray(member)
        ? [[`${path}/${key}`, member as Tests] as [string, Tests]]
        : asked(member as Pattern, `${path}/${key}`),
    );
  const choose = (left: readonly [string, Tests][], elements: ReadonlyMap<object, number>): boolean => {
    const [first, ...rest] = left;
    if (first === undefined) return true;
    const [path, tests] = first;
    const here = fields.filter((field) => field.path === path);
    const absent = tests.some((one) => typeof one === 'object' && one !== null && !one.exists);
    if (absent && here.length === 0) return choose(rest, elements);
    return here.some((field) => {
      const present = tests.some((one) =>
        typeof one === 'object' && one !== null ? one.exists : one === field.value,
      );
      const agrees = [...field.elements].every(([array, index]) => (elements.get(array) ?? index) === index);
      return present && agrees && choose(rest, new Map([...elements, ...field.elements]));
    });
  };
  return choose(asked(pattern, ''), new Map());
}

const key = fc.constantFrom('a', 'b', '__proto__');
const scalar = fc.constantFrom<Json>(null, 1, 2, 'x', 'y');

const { document } = fc.letrec<{ document: Json; object: Json }>((tie) => ({
  object: fc
    .array(fc.tuple(key, tie('document')), { maxLength: 3 })
    .map((entries) => Object.fromEntries(entries) as Json),
  document: fc.oneof(
    { depthSize: 'small' },
    scalar,
    tie('object'),
    fc.array(tie('document'), { maxLength: 3 }),
  ),
}));

const tests: fc.Arbitrary<Tests> = fc.array(
  fc.oneof(
    fc.constantFrom<null | number | string>(null, 1, 2, 'x', 'y'),
    fc.record({ exists: fc.boolean() }),
  ),
  { minLength: 1, maxLength: 2 },
);

const { pattern } = fc.letrec<{ pattern: Pattern }>((tie) => ({
  pattern: fc
    .array(fc.tuple(key, fc.oneof({ depthSize: 'small' }, tests, tie('pattern'))), {
      minLength: 1,
      maxLength: 3,
    })
    .map((entries) => Object.fromEntries(entries) as Pattern),
}));

test('says of any document what trying every choice of its fields says', () => {
  fc.assert(
    fc.property(pattern, document, (asked, given) => {
      expect(matches(JSON.stringify(asked), JSON.stringify(given))).toBe(oracle(asked, given));
    }),
    { numRuns: 2_000 },
  );
});

test('compares numbers as they are written, and everything else as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify({ before: '-1.5e3 "', value });
      const plain = (one: unknown): unknown => JSON.parse(JSON.stringify(one));
      const back = (one: unknown): unknown =>
        JSON.parse(JSON.stringify(parseKeepingNumbers(JSON.stringify(one))), (_, member: unknown) =>
          typeof member === 'object' &&
          member !== null &&
          /^[0-9a-f-]{36}$/.test(Object.keys(member)[0] ?? '')
            ? Number(Object.values(member)[0])
            : member,
        );
      expect(back(JSON.parse(text))).toEqual(plain(JSON.parse(text)));
    }),
  );
});
