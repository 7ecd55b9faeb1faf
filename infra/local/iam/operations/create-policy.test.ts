import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  DeletePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPoliciesCommand,
  type ListPoliciesCommandInput,
} from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { AWS_POLICY, arnOf, IamFixture, POLICY, START } from '../fixture.ts';

const fixture = new IamFixture();
afterEach(() => fixture.closeAll());

describe('CreatePolicy', () => {
  it('creates a policy, that GetPolicy tells of, and GetPolicyVersion what it says', async () => {
    const { client } = await fixture.openIam();
    const { Policy } = await client.send(
      new CreatePolicyCommand({ PolicyName: 'write', Path: '/a/', PolicyDocument: POLICY, Description: 'd' }),
    );
    expect(Policy).toEqual({
      PolicyName: 'write',
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
      Arn: arnOf('policy/a/write'),
      Path: '/a/',
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      Description: 'd',
      CreateDate: new Date(START),
      UpdateDate: new Date(START),
    });
    const PolicyArn = arnOf('policy/a/write');
    expect((await client.send(new GetPolicyCommand({ PolicyArn }))).Policy).toEqual(Policy);
    const version = (VersionId: string) => client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    const { PolicyVersion } = await version('v1');
    expect(PolicyVersion).toMatchObject({ VersionId: 'v1', IsDefaultVersion: true });
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(POLICY);
    await expect(version('v2')).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    await expect(version('2')).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('refuses a name that is taken, and a document that is none', async () => {
    const { client } = await fixture.openIam();
    const create = (PolicyDocument: string) =>
      client.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument }));
    await create(POLICY);
    await expect(create(POLICY)).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: 'A policy called p already exists. Duplicate names are not allowed.',
    });
    await expect(create('no JSON')).rejects.toMatchObject({ message: 'Syntax errors in policy.' });
    await expect(create(POLICY.replace('U*', 'x'.repeat(6_144)))).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for PolicySize: 6144',
    });
  });
});

describe('policies that AWS keeps', () => {
  it('are known, and what those of the guides say', async () => {
    const { client } = await fixture.openIam();
    const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn: AWS_POLICY }));
    expect(Policy).toMatchObject({ PolicyName: 'AWSLambdaKinesisExecutionRole', Path: '/service-role/' });
    const version = (PolicyArn: string) =>
      client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    const document = decodeURIComponent((await version(AWS_POLICY)).PolicyVersion?.Document ?? '');
    expect(JSON.parse(document).Statement[0].Action).toContain('kinesis:GetRecords');
    const other = 'arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess';
    expect((await client.send(new GetPolicyCommand({ PolicyArn: other }))).Policy?.Arn).toBe(other);
    await expect(version(other)).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    await expect(client.send(new DeletePolicyCommand({ PolicyArn: AWS_POLICY }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });
});

describe('DeletePolicy', () => {
  it('deletes a policy that no role has', async () => {
    const { client } = await fixture.openRoles('r');
    await client.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: POLICY }));
    const attachment = { RoleName: 'r', PolicyArn: arnOf('policy/p') };
    await client.send(new AttachRolePolicyCommand(attachment));
    expect((await client.send(new GetPolicyCommand(attachment))).Policy?.AttachmentCount).toBe(1);
    const remove = new DeletePolicyCommand({ PolicyArn: arnOf('policy/p') });
    await expect(client.send(remove)).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete a policy attached to entities.',
    });
    await client.send(new DetachRolePolicyCommand(attachment));
    await client.send(remove);
    await expect(client.send(remove)).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy ${arnOf('policy/p')} was not found.`,
    });
  });
});

describe('ListPolicies', () => {
  it('finds policies by who keeps them, by path, and by whether a role has them', async () => {
    const { client } = await fixture.openRoles('r');
    await client.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: POLICY }));
    for (const PolicyArn of [AWS_POLICY, 'arn:aws:iam::aws:policy/Other']) {
      await client.send(new AttachRolePolicyCommand({ RoleName: 'r', PolicyArn }));
    }
    const names = async (input: ListPoliciesCommandInput) =>
      (await client.send(new ListPoliciesCommand(input))).Policies?.map(({ PolicyName }) => PolicyName);
    expect(await names({ Scope: 'Local' })).toEqual(['p']);
    expect(await names({ OnlyAttached: true })).toEqual(['Other', 'AWSLambdaKinesisExecutionRole']);
    expect(await names({ Scope: 'AWS', PathPrefix: '/service-role/' })).toHaveLength(3);
    expect(await names({})).toContain('AdministratorAccess');
    expect(await client.send(new ListPoliciesCommand({ MaxItems: 1 }))).toMatchObject({ IsTruncated: true });
  });
});
