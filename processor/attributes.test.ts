import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, NumberValue } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { attributeFault } from './attributes.ts';

/** lib-dynamodb itself, up to where the request would leave: rejects with `sent` when it would. */
const client = DynamoDBDocumentClient.from(
  new DynamoDBClient({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:9',
    credentials: { accessKeyId: 'dummy', secretAccessKey: 'dummy' },
    maxAttempts: 1,
  }),
);
client.middlewareStack.add(
  () => async () => {
    throw new Error('sent');
  },
  { step: 'build' },
);

async function canBeSent(item: Record<string, unknown>): Promise<boolean> {
  const command = new BatchWriteCommand({ RequestItems: { t: [{ PutRequest: { Item: item } }] } });
  const error = await client.send(command).catch((thrown: Error) => thrown);
  return error instanceof Error && error.message === 'sent';
}

it('lets nothing pass that lib-dynamodb cannot send', async () => {
  const values = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
    maxDepth: 4,
  });
  const names = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('constructor', '__proto__', 'Name'));
  let passed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(names, values), { maxLength: 3 }), async (attributes) => {
      const item: Record<string, unknown> = Object.fromEntries(attributes);
      if (attributeFault(item) !== undefined) return;
      passed++;
      expect(await canBeSent(item)).toBe(true);
    }),
    { numRuns: 500 },
  );
  expect(passed).toBeGreaterThan(30);
});

it('lets everything pass that JSON can say of safe numbers, but for names that lib-dynamodb trips over', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (item) => {
      const text = JSON.stringify(item);
      const parsed = JSON.parse(text, (_, value: unknown) =>
        typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER ? 0 : value,
      ) as Record<string, unknown>;
      if (/"(constructor|__proto__)":/.test(text)) return;
      expect(attributeFault(parsed)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

const nested = (levels: number) => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
};

it.each([
  [{ a: undefined }, 'a must be a value that an attribute can hold (given undefined)'],
  [{ a: { b: () => 1 } }, 'a must be a value that an attribute can hold (given function)'],
  [{ a: Number.NaN }, 'a must be a number within ±(2^53 - 1), or a NumberValue (given NaN)'],
  [{ a: [2 ** 53] }, 'a must be a number within ±(2^53 - 1), or a NumberValue (given 9007199254740992)'],
  [{ a: new Date(0) }, 'a must be a plain object (given one of a class)'],
  [{ a: new Set() }, 'a must be a set, not empty, of strings, of numbers or of binary values alone'],
  [{ a: new Set(['x', 1]) }, 'a must be a set, not empty, of strings, of numbers or of binary values alone'],
  [
    { a: new Set([Number.POSITIVE_INFINITY]) },
    'a must be a number within ±(2^53 - 1), or a NumberValue (given Infinity)',
  ],
  [JSON.parse('{"a":{"constructor":1}}'), 'a must have no attribute named constructor'],
  [JSON.parse('{"__proto__":1}'), 'the item must have no attribute named __proto__'],
  [{ a: nested(32) }, 'a must not be nested deeper than 32 levels'],
  [{ a: nested(100_000) }, 'a must not be nested deeper than 32 levels'],
])('says what is wrong with case %#', async (item: Record<string, unknown>, fault) => {
  expect(attributeFault(item)).toBe(fault);
});

it.each([
  { a: '', b: true, c: null, d: -1.5, e: 2n ** 80n, f: NumberValue.from('1e100') },
  { a: Buffer.from('x'), b: new Uint8Array(), c: new Set([new Uint8Array([1])]) },
  { a: new Set(['x']), b: new Set([1, 2]), c: new Set([1n]), d: new Set([NumberValue.from('1')]) },
  { a: [{ b: [] }], c: {}, d: Object.create(null), e: nested(31) },
])('lets case %# pass, and so does lib-dynamodb', async (item) => {
  expect(attributeFault(item)).toBeUndefined();
  expect(await canBeSent(item)).toBe(true);
});
