import { expect, test } from 'vitest';
import { type Bench, bench } from '../fixture.ts';

async function stream(): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  return b;
}

const add = (b: Bench, Tags: unknown, more: object = {}) =>
  b.call('AddTagsToStream', { StreamName: 's', Tags, ...more });
const tags = (b: Bench): Record<string, string> =>
  Object.fromEntries(
    b
      .ok('ListTagsForStream', { StreamName: 's' })
      .Tags.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]),
  );
const numbered = (count: number, from = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${from + i}`, '']));

test('adds tags, or replaces their values, with an empty answer', async () => {
  const b = await stream();
  expect(add(b, { a: '1', b: '2' })).toMatchObject({ status: 200, body: undefined });
  add(b, { b: '3', 'ü0 _.': '', '/=+-@:': '猫' });
  await b.reopen();
  expect(tags(b)).toEqual({ a: '1', b: '3', 'ü0 _.': '', '/=+-@:': '猫' });
});

test('takes names that are prototypes elsewhere', async () => {
  const b = await stream();
  b.ok('AddTagsToStream', '{"StreamName":"s","Tags":{"__proto__":"x","constructor":"y"}}');
  await b.reopen();
  expect(b.ok('ListTagsForStream', { StreamName: 's' }).Tags).toEqual([
    { Key: '__proto__', Value: 'x' },
    { Key: 'constructor', Value: 'y' },
  ]);
  b.ok('RemoveTagsFromStream', { StreamName: 's', TagKeys: ['__proto__'] });
  expect(Object.keys(tags(b))).toEqual(['constructor']);
});

test('gives a stream 50 tags, and none of a request that would give it more', async () => {
  const b = await stream();
  expect(add(b, numbered(50)).status).toBe(200);
  expect(add(b, { k0: 'new' }).status).toBe(200);
  expect(add(b, { k1: 'new', one: 'more' }).body).toEqual({
    __type: 'InvalidArgumentException',
    message:
      'Failed to add tags to stream s under account 000000000000 because a given stream cannot have more than 50 tags associated with it.',
  });
  expect(tags(b)).toMatchObject({ k0: 'new', k1: '' });
});

const long = 'x'.repeat(129);
test.each([
  [{}, 'ValidationException', /Value at 'tags' .* length greater than or equal to 1$/],
  [numbered(201), 'ValidationException', /Value at 'tags' .* length less than or equal to 200$/],
  [null, 'ValidationException', /Value null at 'tags' .* must not be null$/],
  [['a'], 'SerializationException', /^Start of list found where not expected$/],
  [{ a: 1 }, 'SerializationException', /can not be converted to an String$/],
  [
    { [long]: '' },
    'ValidationException',
    /^1 validation error detected: Value '\{x+=\}' at 'tags' .* Map keys must satisfy constraint: \[Member must have length less than or equal to 128, Member must have length greater than or equal to 1\]$/,
  ],
  [
    { '': long + long },
    'ValidationException',
    /^2 validation errors detected: .*Map keys must .*; .*Map value must satisfy constraint: \[Member must have length less than or equal to 256/,
  ],
  [
    { 'a;b': '' },
    'InvalidArgumentException',
    /^Some tags contain invalid characters\. Valid characters: Unicode letters, digits, white space, _ \. \/ = \+ - % @ :\.$/,
  ],
  [{ a: 'tab\tin it' }, 'InvalidArgumentException', /^Some tags contain invalid characters/],
  [
    { a: '100%' },
    'InvalidArgumentException',
    /^Failed to add tags to stream s under account 000000000000 because some tags contained illegal characters\. /,
  ],
  [{ 'aws:a': '' }, 'InvalidArgumentException', /keys that begin with aws: are reserved \(given aws:a\)\.$/],
  [{ 'AWS:a': '' }, 'InvalidArgumentException', /are reserved/],
])('refuses %j', async (given, type, message) => {
  const b = await stream();
  const { status, body } = add(b, given);
  expect(status).toBe(400);
  expect(body).toEqual({ __type: type, message: expect.stringMatching(message) });
  expect(tags(b)).toEqual({});
});

test('knows no other stream', async () => {
  const b = await stream();
  expect(add(b, { a: '' }, { StreamName: 'none' }).body).toEqual({
    __type: 'ResourceNotFoundException',
    message: 'Stream none under account 000000000000 not found.',
  });
});
