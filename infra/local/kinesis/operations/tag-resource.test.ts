import { expect, test } from 'vitest';
import { bench } from '../fixture.ts';

const ARN = 'arn:aws:kinesis:eu-west-1:000000000000:stream/s';

test('tags a stream by its ARN, as the other operations see it', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', Tags: { a: '1' } });
  expect(b.call('TagResource', { ResourceARN: ARN, Tags: { b: '2', a: '3' } })).toMatchObject({
    status: 200,
    body: undefined,
  });
  await b.reopen();
  const tags = [
    { Key: 'a', Value: '3' },
    { Key: 'b', Value: '2' },
  ];
  expect(b.ok('ListTagsForResource', { ResourceARN: ARN })).toEqual({ Tags: tags });
  expect(b.ok('ListTagsForStream', { StreamName: 's' }).Tags).toEqual(tags);
});

test.each([
  [{ ResourceARN: 'arn:aws:s3:::bucket' }, 'ValidationException', /at 'resourceARN' .* regular expression/],
  [{ ResourceARN: null }, 'ValidationException', /Value null at 'resourceARN'/],
  [
    { ResourceARN: `${ARN}2` },
    'ResourceNotFoundException',
    /^Stream s2 under account 000000000000 not found/,
  ],
  [
    { ResourceARN: ARN.replace('000000000000', '123456789012') },
    'ResourceNotFoundException',
    /^Stream s under account 123456789012 not found/,
  ],
  [{ ResourceARN: `${ARN}/consumer/c:1700000000` }, 'ResourceNotFoundException', /^Consumer .* not found/],
  [{ Tags: { 'aws:a': '' } }, 'InvalidArgumentException', /are reserved/],
])('refuses %j', async (more, type, message) => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  const { body } = b.call('TagResource', { ResourceARN: ARN, Tags: { a: '1' }, ...more });
  expect(body).toEqual({ __type: type, message: expect.stringMatching(message) });
});

test('tags a consumer, which has them from its registration on', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount: 1 });
  const { ConsumerARN } = b.ok('RegisterStreamConsumer', {
    StreamARN: ARN,
    ConsumerName: 'c',
    Tags: { team: 'rides' },
  }).Consumer;
  b.ok('TagResource', { ResourceARN: ConsumerARN, Tags: { stage: 'test', team: 'ops' } });
  b.ok('UntagResource', { ResourceARN: ConsumerARN, TagKeys: ['stage'] });
  await b.reopen();
  expect(b.ok('ListTagsForResource', { ResourceARN: ConsumerARN }).Tags).toEqual([
    { Key: 'team', Value: 'ops' },
  ]);
  expect(b.ok('ListTagsForResource', { ResourceARN: ARN }).Tags).toEqual([]);
  const reserved = { StreamARN: ARN, ConsumerName: 'd', Tags: { 'aws:x': 'y' } };
  expect(b.call('RegisterStreamConsumer', reserved).body.__type).toBe('InvalidArgumentException');
});
