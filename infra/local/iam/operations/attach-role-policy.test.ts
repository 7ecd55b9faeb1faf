import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  DetachRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  paginateListAttachedRolePolicies,
} from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { AWS_POLICY, arnOf, IamFixture, POLICY } from '../fixture.ts';

const fixture = new IamFixture();
afterEach(() => fixture.closeAll());

describe('AttachRolePolicy', () => {
  it('attaches policies, AWS’s and the account’s own, once; DetachRolePolicy takes them away', async () => {
    const { client } = await fixture.openRoles('r');
    const RoleName = 'r';
    await client.send(new CreatePolicyCommand({ PolicyName: 'own', PolicyDocument: POLICY }));
    const own = arnOf('policy/own');
    for (const PolicyArn of [own, AWS_POLICY, AWS_POLICY]) {
      await client.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    }
    const list = async () =>
      (await client.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies;
    expect(await list()).toEqual([
      { PolicyName: 'own', PolicyArn: own },
      { PolicyName: 'AWSLambdaKinesisExecutionRole', PolicyArn: AWS_POLICY },
    ]);
    const pages: number[] = [];
    for await (const page of paginateListAttachedRolePolicies({ client, pageSize: 1 }, { RoleName })) {
      pages.push(page.AttachedPolicies?.length ?? 0);
    }
    expect(pages).toEqual([1, 1]);
    await client.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: own }));
    expect(await list()).toHaveLength(1);
    await expect(
      client.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: own })),
    ).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy ${own} was not found.`,
    });
  });

  it('refuses what is no policy, and more than ten', async () => {
    const { client } = await fixture.openRoles('r');
    const attach = (PolicyArn: string) =>
      client.send(new AttachRolePolicyCommand({ RoleName: 'r', PolicyArn }));
    await expect(attach(arnOf('policy/none'))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy ${arnOf('policy/none')} does not exist or is not attachable.`,
    });
    await expect(attach('AWSLambdaBasicExecutionRole')).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: 'ARN AWSLambdaBasicExecutionRole is not valid.',
    });
    for (let i = 0; i < 10; i++) await attach(`arn:aws:iam::aws:policy/Some${i}`);
    await expect(attach(AWS_POLICY)).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for PoliciesPerRole: 10',
    });
  });
});
