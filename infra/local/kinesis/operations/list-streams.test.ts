import { expect, test } from 'vitest';
import { bench, START } from '../fixture.ts';

test('lists streams by name', async () => {
  const b = await bench();
  expect(b.ok('ListStreams', {})).toEqual({ StreamNames: [], HasMoreStreams: false, StreamSummaries: [] });
  b.ok('CreateStream', { StreamName: 'b' });
  b.ok('CreateStream', { StreamName: 'a' });
  const list = b.ok('ListStreams', {});
  expect(list.StreamNames).toEqual(['a', 'b']);
  expect(list.StreamSummaries[0]).toEqual({
    StreamName: 'a',
    StreamARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/a',
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
    StreamCreationTimestamp: (START + 1) / 1000,
  });
});

test('lists them a page at a time, by token or by name', async () => {
  const b = await bench();
  const names = Array.from({ length: 103 }, (_, i) => `s-${String(i).padStart(3, '0')}`);
  for (const StreamName of names) b.ok('CreateStream', { StreamName });
  const first = b.ok('ListStreams', { Limit: 10_000 });
  expect(first).toMatchObject({ StreamNames: names.slice(0, 100), HasMoreStreams: true });
  const second = b.ok('ListStreams', { NextToken: first.NextToken, Limit: 2 });
  expect(second).toMatchObject({ StreamNames: names.slice(100, 102), HasMoreStreams: true });
  const last = b.ok('ListStreams', { ExclusiveStartStreamName: 's-101' });
  expect(last).toMatchObject({ StreamNames: ['s-102'], HasMoreStreams: false });
  expect(last).not.toHaveProperty('NextToken');
});

test('takes a token for five minutes', async () => {
  const b = await bench();
  for (const StreamName of ['a', 'b']) b.ok('CreateStream', { StreamName });
  const { NextToken } = b.ok('ListStreams', { Limit: 1 });
  b.clock.elapsed += 300_000;
  expect(b.ok('ListStreams', { NextToken }).StreamNames).toEqual(['b']);
  b.clock.elapsed += 1;
  expect(b.call('ListStreams', { NextToken }).body.__type).toBe('ExpiredNextTokenException');
});

test('refuses what is no token of its own', async () => {
  const b = await bench();
  expect(b.call('ListStreams', { NextToken: 'AAAA' }).body.__type).toBe('InvalidArgumentException');
  expect(b.call('ListStreams', { Limit: 0 }).body.__type).toBe('ValidationException');
});
