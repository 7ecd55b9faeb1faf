import { CreateRoleCommand, ListRolesCommand, paginateListRoles } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { IamFixture, TRUST } from '../fixture.ts';

const fixture = new IamFixture();
afterEach(() => fixture.closeAll());

describe('ListRoles', () => {
  it('gives every role once, in pages', async () => {
    const names = Array.from({ length: 7 }, (_, i) => `role-${i}`);
    const { client } = await fixture.openRoles(...names);
    const pages: (string | undefined)[][] = [];
    for await (const { Roles = [] } of paginateListRoles({ client, pageSize: 3 }, {})) {
      pages.push(Roles.map(({ RoleName }) => RoleName));
    }
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toEqual(names);
    expect(await client.send(new ListRolesCommand({}))).toMatchObject({ IsTruncated: false });
  });

  it('finds roles by their paths', async () => {
    const { client } = await fixture.openRoles('a');
    await client.send(
      new CreateRoleCommand({ RoleName: 'b', Path: '/service-role/', AssumeRolePolicyDocument: TRUST }),
    );
    const { Roles } = await client.send(new ListRolesCommand({ PathPrefix: '/service-role/' }));
    expect(Roles?.map(({ RoleName }) => RoleName)).toEqual(['b']);
  });

  it.each([{ Marker: '!' }, { MaxItems: 0 }, { MaxItems: 1_001 }, { PathPrefix: 'a' }])(
    'refuses %j',
    async (input) => {
      const { client } = await fixture.openIam();
      await expect(client.send(new ListRolesCommand(input))).rejects.toMatchObject({
        name: 'ValidationError',
      });
    },
  );
});
