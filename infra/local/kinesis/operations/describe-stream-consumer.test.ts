import { expect, test } from 'vitest';
import { type Bench, bench } from '../fixture.ts';

const StreamARN = 'arn:aws:kinesis:eu-west-1:000000000000:stream/s';

async function withConsumer(): Promise<{ readonly b: Bench; readonly ConsumerARN: string }> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  return {
    b,
    ConsumerARN: b.ok('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' }).Consumer.ConsumerARN,
  };
}

test('finds a consumer by its ARN, by its stream and name, and by all three', async () => {
  const { b, ConsumerARN } = await withConsumer();
  const elsewhere = ConsumerARN.replace('eu-west-1', 'us-east-1');
  for (const input of [
    { ConsumerARN },
    { StreamARN, ConsumerName: 'c' },
    { ConsumerARN, StreamARN, ConsumerName: 'c' },
    { ConsumerARN: elsewhere },
  ]) {
    expect(b.ok('DescribeStreamConsumer', input).ConsumerDescription).toMatchObject({
      ConsumerARN,
      StreamARN,
    });
  }
});

test.each(['DescribeStreamConsumer', 'DeregisterStreamConsumer'])(
  '%s refuses what names none',
  async (operation) => {
    const { b, ConsumerARN } = await withConsumer();
    b.ok('CreateStream', { StreamName: 't' });
    const refusal = (input: object) => b.call(operation, input).body;
    const inStreamT = StreamARN.replace('/s', '/t');
    for (const input of [
      {},
      { StreamARN },
      { ConsumerName: 'c' },
      { ConsumerARN, ConsumerName: 'd' },
      { ConsumerARN, StreamARN: inStreamT },
    ]) {
      expect(refusal(input).__type).toBe('InvalidArgumentException');
    }
    const nowhere = StreamARN.replace('/s', '/constructor');
    expect(refusal({ StreamARN: nowhere, ConsumerName: 'c' }).__type).toBe('ResourceNotFoundException');
    expect(refusal({ StreamARN, ConsumerName: 'd' })).toEqual({
      __type: 'ResourceNotFoundException',
      message: 'Consumer d under stream s and account 000000000000 not found.',
    });
    expect(refusal({ ConsumerARN: `${StreamARN}/consumer/c:17` })).toEqual({
      __type: 'ResourceNotFoundException',
      message: 'Consumer c with creation timestamp 17 under stream s and account 000000000000 not found.',
    });
    expect(refusal({ ConsumerARN: `${StreamARN}/consumer/c` }).__type).toBe('ValidationException');
    expect(b.ok('ListStreamConsumers', { StreamARN }).Consumers).toHaveLength(1);
  },
);
