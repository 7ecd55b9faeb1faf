import { expect, test } from 'vitest';
import { bench } from '../fixture.ts';

test('takes tags away, for good; others are no error', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', Tags: { a: '1', b: '2', c: '3' } });
  expect(b.call('RemoveTagsFromStream', { StreamName: 's', TagKeys: ['a', 'c', 'none'] })).toMatchObject({
    status: 200,
    body: undefined,
  });
  await b.reopen();
  expect(b.ok('ListTagsForStream', { StreamName: 's' })).toEqual({
    Tags: [{ Key: 'b', Value: '2' }],
    HasMoreTags: false,
  });
});

test.each([
  [[], 'ValidationException', /Value at 'tagKeys' .* length greater than or equal to 1$/],
  [
    Array.from({ length: 51 }, (_, i) => `k${i}`),
    'ValidationException',
    /at 'tagKeys' .* length less than or equal to 50$/,
  ],
  [['x'.repeat(129)], 'ValidationException', /at 'tagKeys\.1\.member' .* length less than or equal to 128$/],
  [['a,b'], 'InvalidArgumentException', /^Some tags contain invalid characters/],
  [['a%b'], 'InvalidArgumentException', /^Failed to remove tags from stream s under account 000000000000 /],
])('refuses %j', async (TagKeys, type, message) => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  expect(b.call('RemoveTagsFromStream', { StreamName: 's', TagKeys }).body).toEqual({
    __type: type,
    message: expect.stringMatching(message),
  });
});
