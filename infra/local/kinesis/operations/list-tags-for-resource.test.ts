import { expect, test } from 'vitest';
import { bench } from '../fixture.ts';

test('lists all tags of a stream, or that there are none', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  const ResourceARN = 'arn:aws:kinesis:eu-west-1:000000000000:stream/s';
  expect(b.ok('ListTagsForResource', { ResourceARN })).toEqual({ Tags: [] });
  b.ok('TagResource', { ResourceARN, Tags: { z: '', a: '' } });
  expect(b.ok('ListTagsForResource', { ResourceARN }).Tags.map(({ Key }: { Key: string }) => Key)).toEqual([
    'a',
    'z',
  ]);
  expect(b.call('ListTagsForResource', { ResourceARN: `${ResourceARN}-not` }).body.__type).toBe(
    'ResourceNotFoundException',
  );
});
