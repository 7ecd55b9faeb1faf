import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invalidParameter } from './errors.ts';
import { bodyProperties, compileFilterPolicy, type FilterScope } from './filter-policy.ts';
import { attributeProperties } from './message-attributes.ts';

const compile = (policy: unknown, scope: FilterScope = 'MessageBody') =>
  compileFilterPolicy(typeof policy === 'string' ? policy : JSON.stringify(policy), scope, invalidParameter);

function matches(policy: unknown, body: unknown): boolean {
  const properties = bodyProperties(JSON.stringify(body));
  return properties !== undefined && compile(policy)(properties);
}

describe('a filter policy', () => {
  it.each([
    // Source of these cases: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html and its pages
    [{ a: ['x', 'y'] }, { a: 'y' }, true],
    [{ a: ['x'] }, { a: 'X' }, false],
    [{ a: ['x'] }, { a: ['w', 'x'] }, true],
    [{ a: [null] }, { a: null }, true],
    [{ a: [true] }, { a: 'true' }, false],
    [{ a: [100] }, { a: 100.0 }, true],
    [{ a: [100] }, { a: '100' }, false],
    [{ a: ['x'], b: ['y'] }, { a: 'x' }, false],
    [{ a: [{ prefix: 'bas' }] }, { a: 'baseball' }, true],
    [{ a: [{ suffix: 'ball' }] }, { a: 'baseball' }, true],
    [{ a: [{ 'equals-ignore-case': 'TENNIS' }] }, { a: 'tennis' }, true],
    [{ a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'z' }, true],
    [{ a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'x' }, false],
    [{ a: [{ 'anything-but': ['x', 'y'] }] }, { a: ['x', 'z'] }, true],
    [{ a: [{ 'anything-but': 'x' }] }, {}, false],
    [{ a: [{ 'anything-but': { prefix: 'order-' } }] }, { a: 'data' }, true],
    [{ a: [{ 'anything-but': { prefix: 'order-' } }] }, { a: 'order-1' }, false],
    [{ a: [{ 'anything-but': [100, 500] }] }, { a: 101 }, true],
    [{ a: [{ exists: true }] }, { a: 0 }, true],
    [{ a: [{ exists: false }] }, { b: 0 }, true],
    [{ a: ['x', { exists: false }] }, {}, true],
    [{ a: [{ numeric: ['=', 1.5] }] }, { a: 1.5 }, true],
    [{ a: [{ numeric: ['>', 0, '<=', 150] }] }, { a: 150 }, true],
    [{ a: [{ numeric: ['>', 0, '<=', 150] }] }, { a: 0 }, false],
    [{ a: [{ numeric: ['<', 0] }] }, { a: '-1' }, false],
    [{ a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.0.255' }, true],
    [{ a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.1.1.0' }, false],
    [{ a: [{ cidr: '10.0.0.0/24' }] }, { a: 'nowhere' }, false],
    [{ $or: [{ a: ['x'] }, { b: [1] }] }, { b: 1 }, true],
    [{ c: [1], $or: [{ a: ['x'] }, { b: [1] }] }, { a: 'x' }, false],
    [{ a: { b: { c: ['x'] } } }, { a: { b: { c: 'x' } } }, true],
    [{ a: { b: ['x'] } }, { a: [{ b: 'w' }, { b: 'x' }] }, true],
    [{ 'a.b': ['x'] }, { a: { b: 'x' } }, true],
    [{ constructor: [{ exists: false }] }, {}, true],
    [{ a: ['x'] }, ['a'], false],
  ])('%j of %j is %j', (policy, body, expected) => {
    expect(matches(policy, body)).toBe(expected);
  });

  it.each([
    ['{', 'FilterPolicy: failed to parse JSON.'],
    ['[]', 'FilterPolicy: Filter policy must be a JSON object'],
    [{ a: 1 }, 'FilterPolicy: "a" must be an object or an array'],
    [{ a: [] }, 'FilterPolicy: Empty arrays are not allowed'],
    [{ a: [[1]] }, 'FilterPolicy: Match value must be String, number, true, false, or null'],
    [{ a: [1], b: [1], c: [1], d: [1], e: [1], f: [1] }, 'Filter policy can not have more than 5 keys'],
    [{ a: Array.from({ length: 151 }, (_, i) => i) }, 'FilterPolicy: Filter policy is too complex'],
    [{ a: { b: Array.from({ length: 76 }, (_, i) => i) } }, 'FilterPolicy: Filter policy is too complex'],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, 'FilterPolicy: Only one key allowed in match expression'],
    [{ a: [{ constructor: 'x' }] }, 'FilterPolicy: Unrecognized match type constructor'],
    [{ $or: [{ a: ['x'] }] }, 'FilterPolicy: Unrecognized match type a'],
    [{ a: [{ suffix: 1 }] }, 'FilterPolicy: suffix match pattern must be a string'],
    [{ a: [{ exists: 1 }] }, 'FilterPolicy: exists match pattern must be either true or false.'],
    [{ a: [{ 'anything-but': { suffix: 'x' } }] }, 'FilterPolicy: Unsupported anything-but pattern: suffix'],
    [{ a: [{ numeric: [] }] }, 'FilterPolicy: Invalid member in numeric match: ]'],
    [{ a: [{ numeric: ['~', 1] }] }, 'FilterPolicy: Unrecognized numeric range operator: ~'],
    [{ a: [{ numeric: ['=', 'x'] }] }, 'FilterPolicy: Value of equals must be numeric'],
    [{ a: [{ numeric: ['<', 1, '>', 0] }] }, 'FilterPolicy: Too many elements in numeric expression'],
    [{ a: [{ numeric: ['>', 1, '>', 0] }] }, 'FilterPolicy: Bad numeric range operator: >'],
    [{ a: [{ numeric: ['>', 1, '<', 0] }] }, 'FilterPolicy: Bottom must be less than top'],
    [{ a: [{ cidr: '10.0.0.0' }] }, "FilterPolicy: Malformed CIDR, one '/' required"],
    [{ a: [{ cidr: '10.0.0.0/x' }] }, 'FilterPolicy: Malformed CIDR, mask bits must be an integer'],
    [{ a: [{ cidr: '10.0.0/8' }] }, 'FilterPolicy: Nonstandard IP address: 10.0.0'],
    [`${'{"a":'.repeat(50_000)}["x"]${'}'.repeat(50_000)}`, 'too long'],
    [`${'{"a":'.repeat(1_000)}["x"]${'}'.repeat(1_000)}`, 'nested deeper than 100'],
  ])('refuses %j', (policy, reason) => {
    expect(() => compile(policy)).toThrow(
      expect.objectContaining({ type: 'InvalidParameter', message: expect.stringContaining(reason) }),
    );
  });

  it('of attributes has no nested properties', () => {
    expect(() => compile({ a: { b: ['x'] } }, 'MessageAttributes')).toThrow(
      'Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy',
    );
  });

  it('sees attributes by their types', () => {
    const properties = attributeProperties([
      { name: 'price', type: 'Number', value: '100.50' },
      { name: 'tags', type: 'String.Array', value: '["a", 1, true, null, {"no": 1}]' },
      { name: 'broken', type: 'String.Array', value: '[' },
      { name: 'bytes', type: 'Binary', value: 'AAAA' },
      { name: '__proto__', type: 'String.own', value: 'x' },
    ]);
    const sees = (policy: unknown) => compile(policy, 'MessageAttributes')(properties);
    expect(sees({ price: [{ numeric: ['=', 100.5] }], tags: ['a'] })).toBe(true);
    expect(sees({ tags: [null] })).toBe(true);
    expect(sees({ tags: [{ 'anything-but': ['a'] }] })).toBe(true);
    expect(sees({ broken: [{ exists: true }], bytes: [{ exists: false }] })).toBe(true);
    expect(sees('{"__proto__":["x"]}')).toBe(true);
  });

  it('takes a deep message', () => {
    const deep = `{"b":1,"a":${'['.repeat(100_000)}1${']'.repeat(100_000)}}`;
    expect(compile({ a: [1] })(bodyProperties(deep) ?? new Map())).toBe(true);
  });

  it('of the values in a message always matches it, and its opposite does not', () => {
    const scalar = fc.oneof(fc.string(), fc.integer({ min: -1e9, max: 1e9 }));
    const body = fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/), scalar, { minKeys: 1, maxKeys: 5 });
    fc.assert(
      fc.property(body, (message) => {
        const entries = Object.entries(message);
        expect(matches(Object.fromEntries(entries.map(([key, value]) => [key, [value]])), message)).toBe(
          true,
        );
        const opposite = entries.map(([key, value]) => [key, [{ 'anything-but': [value] }]]);
        expect(matches(Object.fromEntries(opposite), message)).toBe(false);
      }),
    );
  });
});
