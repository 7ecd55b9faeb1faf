import { expect, test } from 'vitest';
import { bench } from '../fixture.ts';

const StreamARN = 'arn:aws:kinesis:eu-west-1:000000000000:stream/s';

test('deregisters at once, and never gives its ARN again', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  const named = { StreamARN, ConsumerName: 'c' };
  const arns = new Set<string>();
  for (let i = 0; i < 3; i++) {
    const { ConsumerARN } = b.ok('RegisterStreamConsumer', named).Consumer;
    arns.add(ConsumerARN);
    expect(b.call('DeregisterStreamConsumer', i === 1 ? named : { ConsumerARN })).toMatchObject({
      status: 200,
      body: undefined,
    });
    expect(b.call('DescribeStreamConsumer', { ConsumerARN }).body.__type).toBe('ResourceNotFoundException');
  }
  expect(arns.size).toBe(3);
  expect(b.ok('ListStreamConsumers', { StreamARN })).toEqual({ Consumers: [] });
});
