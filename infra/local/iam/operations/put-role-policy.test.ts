import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { IamFixture, POLICY } from '../fixture.ts';

const fixture = new IamFixture();
afterEach(() => fixture.closeAll());

describe('PutRolePolicy', () => {
  it('adds inline policies, and replaces them; DeleteRolePolicy takes them away', async () => {
    const { client } = await fixture.openRoles('r');
    const RoleName = 'r';
    const put = (PolicyName: string, PolicyDocument: string) =>
      client.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    await put('write', POLICY.replace('Batch', 'x'));
    await put('write', POLICY);
    await put('another', POLICY);
    const answer = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'write' }));
    expect(answer).toMatchObject({ RoleName, PolicyName: 'write' });
    expect(answer.PolicyDocument).toContain('%2A');
    expect(decodeURIComponent(answer.PolicyDocument ?? '')).toBe(POLICY);
    const names = async () => (await client.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames;
    expect(await names()).toEqual(['another', 'write']);
    await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'write' }));
    expect(await names()).toEqual(['another']);
    const none = {
      name: 'NoSuchEntityException',
      message: 'The role policy with name write cannot be found.',
    };
    for (const command of [GetRolePolicyCommand, DeleteRolePolicyCommand]) {
      await expect(
        client.send(new command({ RoleName, PolicyName: 'write' }) as GetRolePolicyCommand),
      ).rejects.toMatchObject(none);
    }
  });

  it('refuses what is no policy, and what is too long', async () => {
    const { client } = await fixture.openRoles('r');
    const put = (PolicyDocument: string) =>
      client.send(new PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'p', PolicyDocument }));
    await expect(put('{}')).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
      message: 'Syntax errors in policy.',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(put(POLICY.replace('U*', 'x'.repeat(10_240)))).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Maximum policy size of 10240 bytes exceeded for role r',
    });
  });
});
