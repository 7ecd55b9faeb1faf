import { expect, test } from 'vitest';
import { bench } from '../fixture.ts';

const request = { StreamName: 's', EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' };

test('is shown, also after a restart; a stream that is not encrypted stays so', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  expect(b.call('StopStreamEncryption', request)).toMatchObject({ status: 200, body: undefined });
  b.ok('StartStreamEncryption', request);
  b.ok('StopStreamEncryption', request);
  await b.reopen();
  expect(b.ok('DescribeStream', { StreamName: 's' }).StreamDescription).toMatchObject({
    EncryptionType: 'NONE',
    KeyId: null,
  });
  const { StreamDescriptionSummary } = b.ok('DescribeStreamSummary', { StreamName: 's' });
  expect(StreamDescriptionSummary).not.toHaveProperty('KeyId');
});

test.each([
  [{ KeyId: null }, 'ValidationException'],
  [{ EncryptionType: null }, 'ValidationException'],
  [{ EncryptionType: 'NONE' }, 'InvalidArgumentException'],
  [{ StreamName: 'none' }, 'ResourceNotFoundException'],
])('refuses %j', async (more, type) => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  expect(b.call('StopStreamEncryption', { ...request, ...more }).body.__type).toBe(type);
});
