import { expect, test } from 'vitest';
import { type Bench, bench, START } from '../fixture.ts';

const StreamARN = 'arn:aws:kinesis:eu-west-1:000000000000:stream/s';

async function withConsumers(...names: readonly string[]): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  for (const ConsumerName of names) b.ok('RegisterStreamConsumer', { StreamARN, ConsumerName });
  return b;
}

function namesIn({ Consumers }: { readonly Consumers: readonly { readonly ConsumerName: string }[] }) {
  return Consumers.map(({ ConsumerName }) => ConsumerName);
}

test('lists consumers by name, a page at a time', async () => {
  const b = await withConsumers('b', 'a', 'd', 'c');
  const all = b.ok('ListStreamConsumers', { StreamARN, StreamCreationTimestamp: START / 1000 });
  expect(namesIn(all)).toEqual(['a', 'b', 'c', 'd']);
  expect(all).not.toHaveProperty('NextToken');
  const first = b.ok('ListStreamConsumers', { StreamARN, MaxResults: 3 });
  expect(namesIn(first)).toEqual(['a', 'b', 'c']);
  const { NextToken } = first;
  expect(namesIn(b.ok('ListStreamConsumers', { StreamARN, NextToken }))).toEqual(['d']);
});

test('refuses what does not fit', async () => {
  const b = await withConsumers('a', 'b');
  b.ok('CreateStream', { StreamName: 't' });
  const { NextToken } = b.ok('ListStreamConsumers', { StreamARN, MaxResults: 1 });
  const type = (input: object) => b.call('ListStreamConsumers', input).body.__type;
  expect(type({})).toBe('ValidationException');
  expect(type({ StreamARN, MaxResults: 0 })).toBe('ValidationException');
  expect(type({ StreamARN, StreamCreationTimestamp: 1 })).toBe('ResourceNotFoundException');
  expect(type({ StreamARN: StreamARN.replace('/s', '/u') })).toBe('ResourceNotFoundException');
  expect(type({ StreamARN, NextToken: 'AAAA' })).toBe('InvalidArgumentException');
  expect(type({ StreamARN: StreamARN.replace('/s', '/t'), NextToken })).toBe('InvalidArgumentException');
  expect(type({ StreamARN, NextToken, StreamCreationTimestamp: 1 })).toBe('InvalidArgumentException');
  b.clock.elapsed += 300_001;
  expect(type({ StreamARN, NextToken })).toBe('ExpiredNextTokenException');
});
