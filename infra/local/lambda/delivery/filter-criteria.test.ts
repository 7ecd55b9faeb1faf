import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredRecord } from '../../kinesis/source.ts';
import { compileFilters, type FilterSource } from './filter-criteria.ts';

function record(data: string | Uint8Array, more: Partial<StoredRecord> = {}): StoredRecord {
  return {
    index: 0,
    sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
    partitionKey: 'Rocinante',
    data: Buffer.from(data),
    arrival: 1_545_084_650_987,
    ...more,
  };
}

const BUY = '{"order": {"type": ["buy"]}}';

describe('of a Kinesis stream', () => {
  test.each([
    ['data and pattern are JSON', `{"data": ${BUY}}`, '{"order": {"type": "buy"}}', true],
    ['it does not meet the pattern', `{"data": ${BUY}}`, '{"order": {"type": "sell"}}', false],
    ['it ends in a newline', `{"data": ${BUY}}`, '{"order": {"type": "buy"}}\n', true],
    ['data is plain text', `{"data": ${BUY}}`, 'buy', false],
    ['data is plain text and something may be missing', '{"data": {"a": [{"exists": false}]}}', 'buy', false],
    ['data is empty', `{"data": ${BUY}}`, '', false],
    ['data is JSON, but no object', `{"data": ${BUY}}`, '"buy"', false],
    ['only metadata is asked for', '{"partitionKey": ["Rocinante"]}', 'buy', true],
    ['metadata does not meet the pattern', '{"partitionKey": ["Shadowfax"]}', 'buy', false],
    [
      'both are asked for',
      `{"partitionKey": ["Rocinante"], "data": ${BUY}}`,
      '{"order": {"type": "buy"}}',
      true,
    ],
    [
      'one of both is not met',
      `{"partitionKey": ["Shadowfax"], "data": ${BUY}}`,
      '{"order": {"type": "buy"}}',
      false,
    ],
    [
      'the time of arrival is asked for',
      '{"approximateArrivalTimestamp": [{"numeric": [">", 1.5e9]}]}',
      '',
      true,
    ],
    ['the time of arrival is compared', '{"approximateArrivalTimestamp": [1545084650.987]}', '', true],
    ['the sequence number is asked for', '{"sequenceNumber": [{"prefix": "4959"}]}', '', true],
    [
      'the event is asked for',
      '{"eventSource": ["aws:kinesis"], "eventName": [{"prefix": "aws:"}]}',
      '',
      true,
    ],
    [
      'the data are asked for as the event has them',
      '{"kinesis": {"partitionKey": ["Rocinante"]}}',
      '',
      false,
    ],
    ['a number is asked for', '{"data": {"a": [300]}}', '{"a": 300}', true],
    ['a number is written in another way', '{"data": {"a": [300]}}', '{"a": 3e2}', false],
  ])('a record is judged when %s', (_, pattern, data, expected) => {
    expect(compileFilters([pattern], 'kinesis')(record(data))).toBe(expected);
  });

  test('where it comes from can be asked for', () => {
    const origin = {
      awsRegion: 'us-west-2',
      eventSourceARN: 'arn:aws:kinesis:us-west-2:000000000000:stream/wildrydes',
      invokeIdentityArn: 'arn:aws:iam::000000000000:role/fRole',
    };
    for (const [name, value] of Object.entries(origin)) {
      const pattern = (expected: string) => JSON.stringify({ [name]: [expected] });
      expect(compileFilters([pattern(value)], 'kinesis', origin)(record('text'))).toBe(true);
      expect(compileFilters([pattern('other')], 'kinesis', origin)(record('text'))).toBe(false);
    }
  });

  test('data that is not UTF-8 is no JSON', () => {
    const filter = compileFilters(['{"data": {"a": [{"exists": true}]}}'], 'kinesis');
    expect(filter(record('{"a": "é"}'))).toBe(true);
    expect(filter(record(Buffer.from('{"a": "é"}', 'latin1')))).toBe(false);
  });

  test('one filter of several is enough, and plain text passes the one without data', () => {
    const filter = compileFilters([`{"data": ${BUY}}`, '{"partitionKey": ["Shadowfax"]}'], 'kinesis');
    expect(filter(record('{"order": {"type": "buy"}}'))).toBe(true);
    expect(filter(record('text', { partitionKey: 'Shadowfax' }))).toBe(true);
    expect(filter(record('text'))).toBe(false);
  });

  test('without a filter everything passes', () => {
    expect(compileFilters([], 'kinesis')(record('text'))).toBe(true);
  });
});

describe('of a DynamoDB stream', () => {
  const insert = JSON.stringify({
    eventID: '1',
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      ApproximateCreationDateTime: 1_678_831_218,
      Keys: { Name: { S: 'Rocinante' } },
      NewImage: {
        Name: { S: 'Rocinante' },
        MagicPoints: { N: '101' },
        Tags: { L: [{ S: 'a' }, { S: 'b' }] },
      },
    },
  });

  test.each([
    ['{"eventName": ["INSERT"]}', true],
    ['{"eventName": ["INSERT", "MODIFY"], "eventSource": ["aws:dynamodb"]}', true],
    ['{"eventName": ["REMOVE"]}', false],
    ['{"dynamodb": {"Keys": {"Name": {"S": ["Rocinante"]}}}}', true],
    ['{"dynamodb": {"Keys": {"Name": ["Rocinante"]}}}', false],
    ['{"dynamodb": {"NewImage": {"MagicPoints": {"N": ["101"]}}}}', true],
    ['{"dynamodb": {"NewImage": {"MagicPoints": {"N": [{"numeric": [">", 100]}]}}}}', false],
    [
      '{"dynamodb": {"NewImage": {"MagicPoints": {"N": [{"numeric": [">", 100]}, {"anything-but": "42"}]}}}}',
      true,
    ],
    ['{"dynamodb": {"NewImage": {"MagicPoints": [{"exists": false}]}}}', true],
    ['{"dynamodb": {"NewImage": {"MagicPoints": {"N": [{"exists": true}]}}}}', true],
    ['{"dynamodb": {"NewImage": {"Tags": {"L": {"S": ["b"]}}}}}', true],
    ['{"dynamodb": {"OldImage": {"Name": {"S": [{"exists": false}]}}}}', true],
    ['{"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 0]}]}}', true],
    ['{"eventName": ["MODIFY"], "dynamodb": {"Keys": {"Name": {"S": ["Rocinante"]}}}}', false],
  ])('%s: %s', (pattern, expected) => {
    expect(compileFilters([pattern], 'dynamodb')(record(insert))).toBe(expected);
  });
});

describe('what is refused', () => {
  const refusal = expect.objectContaining({
    type: 'InvalidParameterValueException',
    message: 'Invalid filter pattern definition.',
    status: 400,
  });

  test.each<[FilterSource, string]>([
    ['kinesis', ''],
    ['kinesis', 'single-string'],
    ['kinesis', '[{"eventName": ["INSERT"=123}]'],
    ['kinesis', 'null'],
    ['kinesis', '{}'],
    ['kinesis', '{"data": {}}'],
    ['kinesis', '{"data": ["plain"]}'],
    ['kinesis', '{"$or": [{"data": ["plain"]}, {"partitionKey": ["a"]}]}'],
    ['kinesis', '{"data": "plain"}'],
    ['kinesis', '{"data": {"a": [{"regex": "."}]}}'],
    ['dynamodb', '{"dynamodb": ["plain"]}'],
    ['dynamodb', '{"eventName": "INSERT"}'],
  ])('of %s, %s', (source, pattern) => {
    expect(() => compileFilters([pattern], source)).toThrowError(refusal);
  });

  test('more filters than the quota', () => {
    const filter = '{"partitionKey": ["a"]}';
    expect(() =>
      compileFilters(
        Array.from({ length: 5 }, () => filter),
        'kinesis',
      ),
    ).not.toThrow();
    expect(() =>
      compileFilters(
        Array.from({ length: 6 }, () => filter),
        'kinesis',
      ),
    ).toThrowError('at most 5');
  });

  test('anything else of at most 4,096 characters, and never in another way', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.uint8Array(), (pattern, data) => {
        try {
          expect(typeof compileFilters([pattern], 'kinesis')(record(data))).toBe('boolean');
        } catch (error) {
          expect(error).toEqual(refusal);
        }
      }),
    );
    for (const deep of ['{"a":'.repeat(800), '['.repeat(4_000), '{"$or":[{"a":'.repeat(300)]) {
      expect(() => compileFilters([deep], 'kinesis')).toThrowError(refusal);
    }
  });
});
