import { expect, test } from 'vitest';
import { type Bench, base64, bench } from '../fixture.ts';

async function stream(): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  return b;
}

const start = (b: Bench, KeyId: unknown = 'alias/aws/kinesis', more: object = {}) =>
  b.call('StartStreamEncryption', { StreamName: 's', EncryptionType: 'KMS', KeyId, ...more });

test('is shown with its key, and told of with each put', async () => {
  const b = await stream();
  const record = { PartitionKey: 'k', Data: base64('x') };
  expect(b.ok('PutRecord', { StreamName: 's', ...record })).not.toHaveProperty('EncryptionType');
  expect(start(b)).toMatchObject({ status: 200, body: undefined });
  await b.reopen();
  const shown = { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' };
  expect(b.ok('DescribeStream', { StreamName: 's' }).StreamDescription).toMatchObject(shown);
  expect(b.ok('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary).toMatchObject(shown);
  expect(b.ok('PutRecord', { StreamName: 's', ...record }).EncryptionType).toBe('KMS');
  expect(b.ok('PutRecords', { StreamName: 's', Records: [record] })).toMatchObject({
    EncryptionType: 'KMS',
    FailedRecordCount: 0,
  });
  start(b, 'alias/other');
  expect(b.ok('DescribeStream', { StreamName: 's' }).StreamDescription.KeyId).toBe('alias/other');
});

test('takes 25 new keys in 24 hours', async () => {
  const b = await stream();
  for (let i = 0; i < 25; i++) {
    expect(start(b, `alias/${i}`).status).toBe(200);
    expect(start(b, `alias/${i}`).status).toBe(200);
  }
  expect(start(b, 'alias/more').body).toMatchObject({
    __type: 'LimitExceededException',
    message: expect.stringMatching(/can have 25 starts of its encryption in 24 hours/),
  });
});

test.each([
  [{ KeyId: null }, 'ValidationException', /Value null at 'keyId'/],
  [{ KeyId: '' }, 'ValidationException', /at 'keyId' .* length greater than or equal to 1$/],
  [{ KeyId: 'x'.repeat(2049) }, 'ValidationException', /at 'keyId' .* length less than or equal to 2048$/],
  [{ EncryptionType: 'AES' }, 'ValidationException', /at 'encryptionType' .* value set: \[NONE, KMS\]$/],
  [{ EncryptionType: 'NONE' }, 'InvalidArgumentException', /^EncryptionType must be KMS \(given NONE\)\.$/],
  [{ StreamName: 'none' }, 'ResourceNotFoundException', /^Stream none under/],
])('refuses %j', async (more, type, message) => {
  const b = await stream();
  expect(start(b, 'alias/aws/kinesis', more).body).toEqual({
    __type: type,
    message: expect.stringMatching(message),
  });
});
