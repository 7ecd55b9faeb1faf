import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, IamFixture, TRUST } from '../fixture.ts';

const fixture = new IamFixture();
afterEach(() => fixture.closeAll());

describe('UpdateAssumeRolePolicy', () => {
  it('says anew who may assume a role', async () => {
    const { client, iam } = await fixture.openRoles('r');
    const update = (PolicyDocument: string) =>
      client.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'r', PolicyDocument }));
    await update(TRUST.replace('lambda', 'firehose'));
    const role = iam.role(arnOf('role/r'));
    expect(role?.trusts('firehose.amazonaws.com')).toBe(true);
    expect(role?.trusts('lambda.amazonaws.com')).toBe(false);
    await expect(update('[]')).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' });
  });
});
