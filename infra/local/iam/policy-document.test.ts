import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ServiceError } from '../protocol/errors.ts';
import { checkPolicy, checkTrustPolicy, encodeDocument } from './policy-document.ts';
import { trustsService } from './trust.ts';

const policy = (Statement: unknown, more: object = {}) =>
  JSON.stringify({ Version: '2012-10-17', Statement, ...more });

const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const TRUST = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } };

function refusal(check: (document: string) => void, document: string): string {
  try {
    check(document);
  } catch (error) {
    if (error instanceof ServiceError && error.type === 'MalformedPolicyDocument') return error.message;
    throw error;
  }
  return 'none';
}

describe('a policy', () => {
  it.each([
    ALLOW,
    [ALLOW, { ...ALLOW, Effect: 'Deny' }],
    { ...ALLOW, Sid: 'a', Action: ['s3:*', 'es:Http*'], Resource: ['arn:aws:s3:::bucket/*', '*'] },
    { Effect: 'Allow', NotAction: 'iam:*', NotResource: 'arn:aws:s3:::b' },
    { ...ALLOW, Action: '*', Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } },
  ])('may say %j', (statement) => expect(refusal(checkPolicy, policy(statement))).toBe('none'));

  it.each([
    ['', 'Syntax errors in policy.'],
    ['[]', 'Syntax errors in policy.'],
    ['null', 'Syntax errors in policy.'],
    ['{"Version":"2012-10-17"}', 'Syntax errors in policy.'],
    [policy([]), 'Syntax errors in policy.'],
    [policy(ALLOW, { Other: 1 }), 'Syntax errors in policy.'],
    [policy(ALLOW, { Version: '2012-10-18' }), 'Syntax errors in policy.'],
    [policy(ALLOW, { Version: '2008-10-17' }), 'Policy document must be version 2012-10-17 or greater.'],
    [policy({ ...ALLOW, Effect: 'allow' }), 'Syntax errors in policy.'],
    [policy({ ...ALLOW, NotAction: 's3:*' }), 'Syntax errors in policy.'],
    [policy({ ...ALLOW, Action: 7 }), 'Syntax errors in policy.'],
    [policy({ ...ALLOW, Actions: 's3:*' }), 'Syntax errors in policy.'],
    [policy({ ...ALLOW, Condition: [] }), 'Syntax errors in policy.'],
    [policy({ ...ALLOW, Principal: '*' }), 'Policy document should not specify a principal.'],
    [policy({ Effect: 'Allow', Resource: '*' }), 'Policy statement must contain actions.'],
    [policy({ ...ALLOW, Action: [] }), 'Policy statement must contain actions.'],
    [policy({ Effect: 'Allow', Action: 's3:*' }), 'Policy statement must contain resources.'],
    [policy({ ...ALLOW, Resource: 'bucket' }), 'Resource bucket must be in ARN format or "*".'],
    [policy({ ...ALLOW, Resource: 'arn:aws:s3' }), 'The policy failed legacy parsing'],
    [
      policy({ ...ALLOW, Action: 'GetObject' }),
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    [policy({ ...ALLOW, Action: 'a:b:c' }), 'Actions/Condition can contain only one colon.'],
    [policy({ ...ALLOW, Action: 'a b:c' }), 'Vendor a b is not valid'],
    [
      policy([
        { ...ALLOW, Sid: 'a' },
        { ...ALLOW, Sid: 'a' },
      ]),
      'Statement IDs (SID) in a single policy must be unique.',
    ],
    ['{"Version":"2012-10-17","Statement":{"__proto__":{"Effect":"Allow"}}}', 'Syntax errors in policy.'],
  ])('cannot be %s', (document, message) => expect(refusal(checkPolicy, document)).toBe(message));
});

describe('a trust policy', () => {
  it.each([
    TRUST,
    [TRUST],
    { ...TRUST, Action: ['sts:AssumeRole', 'sts:TagSession'] },
    { ...TRUST, Principal: '*' },
    { ...TRUST, Principal: { Service: ['firehose.amazonaws.com'], AWS: ['000000000000', '*'] } },
    { ...TRUST, Principal: { AWS: 'arn:aws:iam::000000000000:root' } },
    { ...TRUST, Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: 'accounts.google.com' } },
  ])('may say %j', (statement) => {
    expect(refusal(checkTrustPolicy, policy(statement))).toBe('none');
    expect(refusal(checkTrustPolicy, JSON.stringify({ Statement: statement }))).toBe('none');
  });

  it.each([
    ['{', 'This policy contains invalid Json'],
    ['{}', 'Syntax errors in policy.'],
    [policy({ ...TRUST, Resource: '*' }), 'Has prohibited field Resource'],
    [policy({ Effect: 'Allow', Action: 'sts:AssumeRole' }), 'Missing required field Principal'],
    [policy({ ...TRUST, Action: undefined }), 'Missing required field Action'],
    [policy({ ...TRUST, Effect: undefined }), 'Missing required field Effect'],
    [policy({ ...TRUST, Action: 's3:*' }), 'AssumeRole policy may only specify STS AssumeRole actions.'],
    [
      policy({ ...TRUST, Principal: { Service: 'lambda' } }),
      'Invalid principal in policy: "SERVICE":"lambda"',
    ],
    [policy({ ...TRUST, Principal: { AWS: 'me' } }), 'Invalid principal in policy: "AWS":"me"'],
    [policy({ ...TRUST, Principal: { Other: 'me' } }), 'Invalid principal in policy: "OTHER":"me"'],
  ])('cannot be %s', (document, message) => expect(refusal(checkTrustPolicy, document)).toBe(message));

  it.each([
    [TRUST, true],
    [{ ...TRUST, Principal: { Service: ['firehose.amazonaws.com', 'lambda.amazonaws.com'] } }, true],
    [{ ...TRUST, Action: 'sts:*' }, true],
    [{ ...TRUST, Principal: '*' }, true],
    [{ ...TRUST, Action: 'sts:TagSession' }, false],
    [{ ...TRUST, Principal: { Service: 'firehose.amazonaws.com' } }, false],
    [{ ...TRUST, Principal: { AWS: 'arn:aws:iam::000000000000:root' } }, false],
    [{ ...TRUST, Effect: 'Deny' }, false],
    [[TRUST, { ...TRUST, Effect: 'Deny' }], false],
    [[TRUST, { ...TRUST, Effect: 'Deny', Principal: { Service: 'firehose.amazonaws.com' } }], true],
  ])('%j lets Lambda assume its role: %s', (statement, expected) => {
    expect(trustsService(policy(statement), 'lambda.amazonaws.com')).toBe(expected);
  });
});

test('checks never fail in another way, and what they let through can be asked whom it trusts', () => {
  const member = fc.constantFrom(
    'Effect',
    'Action',
    'Resource',
    'Principal',
    'Sid',
    'Condition',
    '__proto__',
  );
  const value = fc.oneof(fc.constantFrom('Allow', '*', 'sts:AssumeRole', [], {}), fc.jsonValue());
  const statement = fc.dictionary(member, value);
  const document = fc.oneof(
    fc.json(),
    fc.array(statement).map((statements) => policy(statements)),
  );
  fc.assert(
    fc.property(document, (document) => {
      refusal(checkPolicy, document);
      if (refusal(checkTrustPolicy, document) === 'none') trustsService(document, 'lambda.amazonaws.com');
    }),
  );
});

test('documents are encoded so that nothing but unreserved characters is left', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (document) => {
      const encoded = encodeDocument(document);
      expect(encoded).toMatch(/^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*$/);
      expect(decodeURIComponent(encoded)).toBe(document);
    }),
  );
});
