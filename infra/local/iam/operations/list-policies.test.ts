import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  ListPoliciesCommand,
  type ListPoliciesCommandInput,
} from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { AWS_POLICY, IamFixture, POLICY } from '../fixture.ts';

const fixture = new IamFixture();
afterEach(() => fixture.closeAll());

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
