import { GetRoleCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { IamFixture, TRUST } from '../fixture.ts';

const fixture = new IamFixture();
afterEach(() => fixture.closeAll());

describe('GetRole', () => {
  it('tells of a role', async () => {
    const { client } = await fixture.openRoles('reader');
    const { Role } = await client.send(new GetRoleCommand({ RoleName: 'reader' }));
    expect(Role).toMatchObject({ RoleName: 'reader', Path: '/', MaxSessionDuration: 3_600 });
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(TRUST);
  });

  it('knows what is none', async () => {
    const { client } = await fixture.openIam();
    await expect(client.send(new GetRoleCommand({ RoleName: 'none' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role with name none cannot be found.',
      $metadata: { httpStatusCode: 404 },
    });
  });
});
