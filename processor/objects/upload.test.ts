import { expect, it } from 'vitest';
import event from '../files/event.json' with { type: 'json' };
import { readUploads } from './upload.ts';

function recordOf(key: string, changes: object = {}) {
  return {
    eventName: 'ObjectCreated:Put',
    eventTime: '2026-01-31T12:59:59.999Z',
    s3: { bucket: { name: 'uploads' }, object: { key, eTag: 'e1', ...changes } },
  };
}

it('names the objects of an event, in its order, with their keys as they are', () => {
  const uploads = readUploads({
    Records: [
      recordOf('rides/2026+01+31/a%2Bb%20%F0%9F%A6%84.ndjson'),
      recordOf('%25.ndjson', { eTag: '"e2"', versionId: 'v1' }),
    ],
  });
  const eventTime = Date.UTC(2026, 0, 31, 12, 59, 59, 999);
  expect(uploads).toEqual([
    { bucket: 'uploads', key: 'rides/2026 01 31/a+b 🦄.ndjson', etag: 'e1', eventTime },
    { bucket: 'uploads', key: '%.ndjson', etag: 'e2', eventTime },
  ]);
});

it('takes an event by hand, which tells no more than bucket and key', () => {
  const s3 = { bucket: { name: 'uploads' }, object: { key: 'a' } };
  expect(readUploads({ Records: [{ s3 }] })).toEqual([
    { bucket: 'uploads', key: 'a', etag: undefined, eventTime: Number.NaN },
  ]);
});

it('finds nothing to load in a test event of S3, nor in deletions', () => {
  const test = {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: '2026-01-31T12:00:00.000Z',
    Bucket: 'uploads',
  };
  expect(readUploads(test)).toEqual([]);
  expect(readUploads({ Records: [{ ...recordOf('a'), eventName: 'ObjectRemoved:Delete' }] })).toEqual([]);
});

it.each([
  ['nothing', undefined, /no list Records/],
  ['a text', 'x', /no list Records/],
  ['a record of another service', { Records: [{ kinesis: {} }] }, /no s3.bucket.name/],
  ['no key', { Records: [{ s3: { bucket: { name: 'b' }, object: {} } }] }, /no s3.object.key/],
  ['a key that is not encoded', { Records: [recordOf('100%')] }, /not URL-encoded/],
])('says what is wrong with an event: %s', (_, given, message) => {
  expect(() => readUploads(given)).toThrow(message);
});

it('has a sample', () => {
  expect(readUploads(event)).toMatchObject([{ key: 'rides/old sensors.ndjson' }]);
});
