import {
  AttachRolePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { AWS_POLICY, IamFixture, POLICY } from '../fixture.ts';

const fixture = new IamFixture();
afterEach(() => fixture.closeAll());

describe('DeleteRole', () => {
  it('deletes a role that has no policies any more', async () => {
    const { client } = await fixture.openRoles('r');
    const role = { RoleName: 'r' };
    await client.send(new AttachRolePolicyCommand({ ...role, PolicyArn: AWS_POLICY }));
    await client.send(new PutRolePolicyCommand({ ...role, PolicyName: 'p', PolicyDocument: POLICY }));
    const remove = new DeleteRoleCommand(role);
    const conflict = (message: string) => ({
      name: 'DeleteConflictException',
      message,
      $metadata: { httpStatusCode: 409 },
    });
    await expect(client.send(remove)).rejects.toMatchObject(
      conflict('Cannot delete entity, must detach all policies first.'),
    );
    await client.send(new DetachRolePolicyCommand({ ...role, PolicyArn: AWS_POLICY }));
    await expect(client.send(remove)).rejects.toMatchObject(
      conflict('Cannot delete entity, must delete policies first.'),
    );
    await client.send(new DeleteRolePolicyCommand({ ...role, PolicyName: 'p' }));
    await client.send(remove);
    await expect(client.send(remove)).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });
});
