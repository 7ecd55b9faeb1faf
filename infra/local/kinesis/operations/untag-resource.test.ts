import { expect, test } from 'vitest';
import { bench } from '../fixture.ts';

const ResourceARN = 'arn:aws:kinesis:us-east-2:000000000000:stream/s';

test('takes tags from a stream by its ARN, whatever the region in it', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', Tags: { a: '1', b: '2' } });
  expect(b.call('UntagResource', { ResourceARN, TagKeys: ['a', 'none'] })).toMatchObject({ status: 200 });
  await b.reopen();
  expect(b.ok('ListTagsForResource', { ResourceARN })).toEqual({ Tags: [{ Key: 'b', Value: '2' }] });
});

test('refuses what names nothing', async () => {
  const b = await bench();
  expect(b.call('UntagResource', { ResourceARN, TagKeys: ['a'] }).body.__type).toBe(
    'ResourceNotFoundException',
  );
  expect(b.call('UntagResource', { ResourceARN, TagKeys: [] }).body.__type).toBe('ValidationException');
});
