import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  DeletePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, IamFixture, POLICY } from '../fixture.ts';

const fixture = new IamFixture();
afterEach(() => fixture.closeAll());

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
