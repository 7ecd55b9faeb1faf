import { CreatePolicyCommand, GetPolicyCommand, GetPolicyVersionCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, IamFixture, POLICY, START } from '../fixture.ts';

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
