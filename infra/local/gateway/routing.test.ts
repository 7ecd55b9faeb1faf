import { describe, expect, it } from 'vitest';
import { echoService } from './fixture.ts';
import { addressOf, directoryOf, formInPath } from './routing.ts';

const SIGNATURE = 'SignedHeaders=host;x-amz-date, Signature=abc';
const scoped = (scope: string) => `AWS4-HMAC-SHA256 Credential=${scope}, ${SIGNATURE}`;

describe('addressOf', () => {
  it('reads the target and the credential scope', () => {
    const headers = {
      'x-amz-target': 'Kinesis_20131202.PutRecords',
      authorization: scoped('AKID/20261121/eu-central-1/kinesis/aws4_request'),
    };
    expect(addressOf(headers, '/')).toEqual({
      targetPrefix: 'Kinesis_20131202',
      operation: 'PutRecords',
      signingName: 'kinesis',
      region: 'eu-central-1',
    });
  });

  it('reads the scope of a presigned request from its query', () => {
    const path =
      '/bucket/key?X-Amz-Credential=AKID%2F20261121%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Expires=60';
    expect(addressOf({}, path)).toMatchObject({ signingName: 's3', region: 'us-west-2' });
  });

  it('takes version 2 of signatures for S3, which alone has it', () => {
    const query = '/bucket/key?AWSAccessKeyId=AKID&Signature=abc%3D&Expires=1900000000';
    expect(addressOf({}, query)).toMatchObject({ signingName: 's3', region: 'us-east-1' });
    expect(addressOf({ authorization: 'AWS AKID:abc=' }, '/bucket')).toMatchObject({ signingName: 's3' });
    expect(addressOf({}, '/bucket/key?Signature=abc')).toMatchObject({ signingName: '' });
  });

  it.each([undefined, '', 'Bearer token', 'AWS4-HMAC-SHA256 Credential=', scoped('AKID')])(
    'takes authorization %j for unsigned, in the local region',
    (authorization) => {
      const headers = authorization === undefined ? {} : { authorization };
      expect(addressOf(headers, '/')).toEqual({
        targetPrefix: '',
        operation: '',
        signingName: '',
        region: 'us-east-1',
      });
    },
  );
});

describe('formInPath', () => {
  it.each([
    ['GET', '/?Action=ConfirmSubscription&Token=a%2Fb', 'Action=ConfirmSubscription&Token=a%2Fb'],
    ['GET', '/?Token=1&Action=', 'Token=1&Action='],
    ['GET', '/?action=x', undefined],
    ['GET', '/bucket?Action=x', undefined],
    ['GET', '/', undefined],
    ['POST', '/?Action=x', undefined],
    ['PUT', '/?Action=x', undefined],
  ])('of %s %s is %j', (method, path, form) => {
    expect(formInPath(method, path)).toBe(form);
  });
});

describe('directoryOf', () => {
  const kinesis = echoService();
  const sns = echoService({ signingName: 'sns', targetPrefixes: [], queryVersion: '2010-03-31' });
  const directory = directoryOf([kinesis, sns]);
  const nobody = { targetPrefix: '', operation: '', signingName: '', region: 'us-east-1' };

  it('goes by the target before the signature', () => {
    expect(directory.find({ ...nobody, targetPrefix: 'Kinesis_20131202', signingName: 'sns' })).toBe(kinesis);
    expect(
      directory.find({ ...nobody, targetPrefix: 'Logs_20140328', signingName: 'kinesis' }),
    ).toBeUndefined();
  });

  it('goes by the signature when there is no target', () => {
    expect(directory.find({ ...nobody, signingName: 'sns' })).toBe(sns);
    expect(directory.find(nobody)).toBeUndefined();
  });

  it('knows a Query service by its version', () => {
    expect(directory.findByVersion('2010-03-31')).toBe(sns);
    expect(directory.findByVersion('')).toBeUndefined();
  });
});
