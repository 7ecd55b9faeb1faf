import { CreateRoleCommand, type CreateRoleCommandInput } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { AWS_POLICY, arnOf, IamFixture, START, TRUST } from '../fixture.ts';

const fixture = new IamFixture();
afterEach(() => fixture.closeAll());

describe('CreateRole', () => {
  it('creates a role', async () => {
    const { client } = await fixture.openIam();
    const { Role } = await client.send(
      new CreateRoleCommand({
        RoleName: 'lambda-cli-role',
        Path: '/service-role/',
        AssumeRolePolicyDocument: TRUST,
        Description: 'for <Lambda> & co',
        MaxSessionDuration: 7_200,
        PermissionsBoundary: AWS_POLICY,
        Tags: [{ Key: 'team', Value: 'unicorns' }],
      }),
    );
    expect(Role).toEqual({
      Path: '/service-role/',
      RoleName: 'lambda-cli-role',
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Arn: arnOf('role/service-role/lambda-cli-role'),
      CreateDate: new Date(START),
      AssumeRolePolicyDocument: encodeURIComponent(TRUST),
      Description: 'for <Lambda> & co',
      MaxSessionDuration: 7_200,
      PermissionsBoundary: {
        PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
        PermissionsBoundaryArn: AWS_POLICY,
      },
      Tags: [{ Key: 'team', Value: 'unicorns' }],
      RoleLastUsed: {},
    });
  });

  it('refuses a name that is taken, whatever its case', async () => {
    const { client } = await fixture.openRoles('reader');
    for (const RoleName of ['reader', 'Reader']) {
      await expect(
        client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST })),
      ).rejects.toMatchObject({
        name: 'EntityAlreadyExistsException',
        message: `Role with name ${RoleName} already exists.`,
        $metadata: { httpStatusCode: 409 },
      });
    }
  });

  it('takes __proto__ and constructor for names like others', async () => {
    const { client, iam } = await fixture.openRoles('__proto__', 'constructor');
    expect(client).toBeDefined();
    expect(iam.role(arnOf('role/__proto__'))?.name).toBe('__proto__');
    expect(iam.role(arnOf('role/toString'))).toBeUndefined();
  });

  it.each<[Partial<CreateRoleCommandInput>, string, RegExp]>([
    [
      { RoleName: 'a/b' },
      'ValidationError',
      /^The specified value for roleName is invalid\. It must contain only/,
    ],
    [{ RoleName: '' }, 'ValidationError', /at 'roleName' .* length greater than or equal to 1/],
    [{ RoleName: 'x'.repeat(65) }, 'ValidationError', /at 'roleName' .* length less than or equal to 64/],
    [{ RoleName: undefined }, 'ValidationError', /Value null at 'roleName'/],
    [{ Path: 'a' }, 'ValidationError', /at 'path'/],
    [{ MaxSessionDuration: 60 }, 'ValidationError', /at 'maxSessionDuration'/],
    [{ PermissionsBoundary: 'x'.repeat(20) }, 'InvalidInputException', /^ARN x+ is not valid\.$/],
    [
      { AssumeRolePolicyDocument: '{' },
      'MalformedPolicyDocumentException',
      /^This policy contains invalid Json$/,
    ],
    [{ AssumeRolePolicyDocument: `${TRUST}\u2028` }, 'ValidationError', /at 'assumeRolePolicyDocument'/],
    [
      {
        Tags: [
          { Key: 'a', Value: '' },
          { Key: 'A', Value: '' },
        ],
      },
      'InvalidInputException',
      /^Duplicate tag keys found/,
    ],
    [
      { Tags: Array.from({ length: 51 }, (_, i) => ({ Key: `${i}`, Value: '' })) },
      'ValidationError',
      /at 'tags' .* length less than or equal to 50/,
    ],
  ])('refuses %j', async (more, name, message) => {
    const { client } = await fixture.openIam();
    const given = { RoleName: 'r', AssumeRolePolicyDocument: TRUST, ...more } as CreateRoleCommandInput;
    await expect(client.send(new CreateRoleCommand(given))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });

  it('limits what a trust policy says', async () => {
    const { client } = await fixture.openIam();
    const Principal = { AWS: Array.from({ length: 60 }, (_, i) => arnOf(`user/a-longer-name-${i}`)) };
    const Statement = { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await expect(
      client.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument })),
    ).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for ACLSizePerRole: 2048',
    });
  });
});
