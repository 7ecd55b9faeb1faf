import { expect } from 'vitest';
import { answers, from, matching, refuses, type Scenario } from '../scenario.ts';

const ROLE = { RoleName: 'lambda-cli-role' };
const USER = { UserName: 'lambda-cli-user' };
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'dynamodb:BatchWriteItem', Resource: '*' }],
});
const MANAGED = 'arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole';
/** boto3 decodes a document, the JavaScript SDK leaves it as it comes: percent-encoded. */
const APART = { apart: ['PolicyDocument', 'AssumeRolePolicyDocument', 'Document'] } as const;
const document = (text: string) => ({
  asymmetricMatch: (given: unknown) =>
    typeof given === 'string' ? decodeURIComponent(given) === text : JSON.stringify(given) === text,
  toString: () => text,
});

/** Roles, users and policies; who calls. */
export const IAM: readonly Scenario[] = [
  {
    title: 'a role is made, given policies, and deleted',
    steps: [
      answers(
        'iam.CreateRole',
        { ...ROLE, AssumeRolePolicyDocument: TRUST, Description: 'of the guide' },
        {
          Role: {
            ...ROLE,
            Path: '/',
            RoleId: matching(/^AROA[A-Z0-9]{17}$/),
            Arn: matching(/^arn:aws:iam::\d{12}:role\/lambda-cli-role$/),
            CreateDate: { time: expect.any(String) },
          },
        },
        { as: 'made', ...APART },
      ),
      answers(
        'iam.GetRole',
        ROLE,
        {
          Role: { Arn: from('made.Role.Arn'), Description: 'of the guide', MaxSessionDuration: 3600 },
        },
        APART,
      ),
      answers('iam.ListRoles', {}, { Roles: [ROLE], IsTruncated: false }, APART),
      answers('iam.UpdateAssumeRolePolicy', { ...ROLE, PolicyDocument: TRUST }),
      answers('iam.AttachRolePolicy', { ...ROLE, PolicyArn: MANAGED }),
      answers('iam.ListAttachedRolePolicies', ROLE, {
        AttachedPolicies: [{ PolicyName: 'AWSLambdaKinesisExecutionRole', PolicyArn: MANAGED }],
      }),
      answers('iam.PutRolePolicy', { ...ROLE, PolicyName: 'write', PolicyDocument: POLICY }),
      answers('iam.ListRolePolicies', ROLE, { PolicyNames: ['write'] }),
      answers(
        'iam.GetRolePolicy',
        { ...ROLE, PolicyName: 'write' },
        { ...ROLE, PolicyName: 'write', PolicyDocument: document(POLICY) },
        APART,
      ),
      refuses(
        'iam.DeleteRole',
        ROLE,
        'DeleteConflictException',
        /^Cannot delete entity, must detach all policies first\.$/,
        { status: 409 },
      ),
      answers('iam.DetachRolePolicy', { ...ROLE, PolicyArn: MANAGED }),
      answers('iam.DeleteRolePolicy', { ...ROLE, PolicyName: 'write' }),
      answers('iam.DeleteRole', ROLE),
      refuses(
        'iam.GetRole',
        ROLE,
        'NoSuchEntityException',
        /^The role with name lambda-cli-role cannot be found\.$/,
        { status: 404 },
      ),
    ],
  },
  {
    title: 'a policy and a user are made, described and deleted',
    steps: [
      answers(
        'iam.CreatePolicy',
        { PolicyName: 'write', PolicyDocument: POLICY },
        {
          Policy: {
            PolicyName: 'write',
            DefaultVersionId: 'v1',
            AttachmentCount: 0,
            Arn: matching(/:policy\/write$/),
          },
        },
        { as: 'policy' },
      ),
      answers(
        'iam.GetPolicy',
        { PolicyArn: from('policy.Policy.Arn') },
        { Policy: { PolicyName: 'write', IsAttachable: true } },
      ),
      answers('iam.ListPolicies', { Scope: 'Local' }, { Policies: [{ PolicyName: 'write' }] }),
      answers(
        'iam.GetPolicyVersion',
        { PolicyArn: MANAGED, VersionId: 'v1' },
        { PolicyVersion: { VersionId: 'v1' } },
        APART,
      ),
      answers('iam.DeletePolicy', { PolicyArn: from('policy.Policy.Arn') }),
      refuses(
        'iam.GetPolicy',
        { PolicyArn: from('policy.Policy.Arn') },
        'NoSuchEntityException',
        /^Policy arn:.*:policy\/write/,
        { status: 404 },
      ),
      answers('iam.CreateUser', USER, {
        User: { ...USER, UserId: matching(/^AIDA/), Arn: matching(/:user\/lambda-cli-user$/) },
      }),
      answers('iam.GetUser', USER, { User: USER }),
      refuses(
        'iam.CreateUser',
        USER,
        'EntityAlreadyExistsException',
        /^User with name lambda-cli-user already exists\.$/,
        { status: 409 },
      ),
      answers('iam.DeleteUser', USER),
      refuses(
        'iam.GetUser',
        USER,
        'NoSuchEntityException',
        /^The user with name lambda-cli-user cannot be found\.$/,
        { status: 404 },
      ),
    ],
  },
  {
    title: 'what is wrong with a role is told',
    steps: [
      answers('iam.CreateRole', { ...ROLE, AssumeRolePolicyDocument: TRUST }, {}, APART),
      refuses(
        'iam.CreateRole',
        { ...ROLE, AssumeRolePolicyDocument: TRUST },
        'EntityAlreadyExistsException',
        /^Role with name lambda-cli-role already exists\.$/,
        { status: 409 },
      ),
      refuses(
        'iam.CreateRole',
        { RoleName: 'other', AssumeRolePolicyDocument: '{"Version":' },
        'MalformedPolicyDocumentException',
        /./,
      ),
      refuses(
        'iam.CreateRole',
        { RoleName: 'not a name', AssumeRolePolicyDocument: TRUST },
        'ValidationError',
        /roleName/,
      ),
      refuses(
        'iam.AttachRolePolicy',
        { ...ROLE, PolicyArn: 'arn:aws:iam::000000000000:policy/none' },
        'NoSuchEntityException',
        /^Policy arn:aws:iam::000000000000:policy\/none does not exist or is not attachable\.$/,
        { status: 404 },
      ),
      refuses('iam.CreateAccessKey', USER, 'InvalidAction', /CreateAccessKey/),
      answers('iam.DeleteRole', ROLE),
    ],
  },
  {
    title: 'whoever calls learns who they are, and may become a role',
    steps: [
      answers(
        'sts.GetCallerIdentity',
        {},
        { Account: '000000000000', Arn: matching(/^arn:aws:iam::000000000000:/) },
      ),
      answers('iam.CreateRole', { ...ROLE, AssumeRolePolicyDocument: TRUST }, {}, { as: 'role', ...APART }),
      answers(
        'sts.AssumeRole',
        { RoleArn: from('role.Role.Arn'), RoleSessionName: 'guide', DurationSeconds: 900 },
        {
          Credentials: {
            AccessKeyId: matching(/^ASIA/),
            SecretAccessKey: expect.any(String),
            SessionToken: expect.any(String),
            Expiration: { time: expect.any(String) },
          },
          AssumedRoleUser: { Arn: matching(/^arn:aws:sts::\d{12}:assumed-role\/lambda-cli-role\/guide$/) },
        },
      ),
      answers('sts.GetSessionToken', {}, { Credentials: { AccessKeyId: matching(/^ASIA/) } }),
      refuses(
        'sts.AssumeRole',
        { RoleArn: from('role.Role.Arn'), RoleSessionName: 'not a name' },
        'ValidationError',
        /roleSessionName/,
      ),
      answers('iam.DeleteRole', ROLE),
    ],
  },
];
