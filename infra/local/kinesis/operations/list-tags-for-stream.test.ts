import { expect, test } from 'vitest';
import { bench } from '../fixture.ts';

test('lists tags by key, a page at a time', async () => {
  const b = await bench();
  const keys = Array.from({ length: 50 }, (_, i) => `k${String(i).padStart(2, '0')}`);
  b.ok('CreateStream', { StreamName: 's', Tags: Object.fromEntries(keys.map((key) => [key, `of ${key}`])) });
  const all = b.ok('ListTagsForStream', { StreamName: 's' });
  expect(all.Tags[3]).toEqual({ Key: 'k03', Value: 'of k03' });
  expect(all).toMatchObject({ HasMoreTags: false, Tags: { length: 50 } });
  const listed: string[] = [];
  for (let more = true, ExclusiveStartTagKey: string | undefined; more; ) {
    const page = b.ok('ListTagsForStream', { StreamName: 's', Limit: 20, ExclusiveStartTagKey });
    listed.push(...page.Tags.map(({ Key }: { Key: string }) => Key));
    more = page.HasMoreTags;
    ExclusiveStartTagKey = listed.at(-1);
  }
  expect(listed).toEqual(keys);
});

test.each([{ Limit: 0 }, { Limit: 51 }, { ExclusiveStartTagKey: '' }])('refuses %j', async (more) => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  expect(b.call('ListTagsForStream', { StreamName: 's', ...more }).body.__type).toBe('ValidationException');
});
