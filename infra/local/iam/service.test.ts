import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttachRolePolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetUserCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startChild } from '../child-fixture.ts';
import { AWS_POLICY, arnOf, IamFixture, POLICY, TRUST } from './fixture.ts';

const fixture = new IamFixture();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-iam-'));
});
afterEach(async () => {
  await fixture.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

describe('IAM', () => {
  it('names the operation that it does not have', async () => {
    const { client } = await fixture.openIam();
    await expect(client.send(new CreateGroupCommand({ GroupName: 'g' }))).rejects.toMatchObject({
      name: 'InvalidAction',
      message: 'The IAM of the local cloud does not support CreateGroup',
    });
  });

  it('is found by the version of its API when a request is not signed', async () => {
    const { endpoint } = await fixture.openIam();
    const ask = (more: object) =>
      fetch(endpoint, {
        method: 'POST',
        body: new URLSearchParams({ Action: 'ListRoles', Version: '2010-05-08', ...more }),
      });
    const answer = await ask({});
    expect(await answer.text()).toMatch(
      /^<ListRolesResponse xmlns="https:\/\/iam.amazonaws.com\/doc\/2010-05-08\/"><ListRolesResult><Roles><\/Roles><IsTruncated>false/,
    );
    const refused = await ask({ MaxItems: 'many' });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('<Code>MalformedInput</Code>');
  });

  it('keeps what it has', async () => {
    const { client } = await fixture.openIam(join(folder, 'iam'));
    await client.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: TRUST }));
    await client.send(new AttachRolePolicyCommand({ RoleName: 'r', PolicyArn: AWS_POLICY }));
    await client.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: POLICY }));
    await client.send(new CreateUserCommand({ UserName: 'u' }));
    const all = async (opened: typeof client) => [
      (await opened.send(new GetRoleCommand({ RoleName: 'r' }))).Role,
      (await opened.send(new GetPolicyCommand({ PolicyArn: arnOf('policy/p') }))).Policy,
      (await opened.send(new GetPolicyCommand({ PolicyArn: AWS_POLICY }))).Policy,
      (await opened.send(new GetUserCommand({ UserName: 'u' }))).User,
    ];
    const before = await all(client);
    await fixture.closeAll();
    expect(await all((await fixture.openIam(join(folder, 'iam'))).client)).toEqual(before);
  });

  it('has after kill -9 what it acknowledged', async () => {
    const child = await startChild(`
      import { createIam } from './iam/service.ts';
      const iam = createIam({ folder: ${JSON.stringify(folder)}, clock: { now: () => 0, monotonic: () => 0 } });
      for (let i = 0; ; i++) {
        const body = new URLSearchParams({
          Action: 'CreateRole',
          RoleName: 'role-' + i,
          AssumeRolePolicyDocument: ${JSON.stringify(TRUST)},
        });
        const answer = await iam.handle({
          method: 'POST', path: '/', headers: {}, operation: 'CreateRole', region: '', body: Buffer.from(body.toString()),
        });
        if (answer.status === 200) console.log('created ' + i);
        await new Promise((resolve) => setImmediate(resolve));
      }
    `);
    await child.line('created 5');
    await child.kill();
    const { iam } = await fixture.openIam(folder);
    for (const line of child.lines) {
      expect(iam.role(arnOf(`role/role-${line.replace('created ', '')}`))).toBeDefined();
    }
  });
});

describe('role', () => {
  it('finds a role by its whole ARN, and tells whom it trusts', async () => {
    const { client, iam } = await fixture.openRoles('plain');
    await client.send(
      new CreateRoleCommand({ RoleName: 'deep', Path: '/a/b/', AssumeRolePolicyDocument: TRUST }),
    );
    expect(iam.role(arnOf('role/plain'))).toMatchObject({ name: 'plain', maxSessionDuration: 3_600 });
    const deep = iam.role(arnOf('role/a/b/deep'));
    expect(deep?.trusts('lambda.amazonaws.com')).toBe(true);
    expect(deep?.trusts('firehose.amazonaws.com')).toBe(false);
    for (const arn of [
      arnOf('role/deep'),
      'arn:aws:iam::123456789012:role/plain',
      'plain',
      '',
      arnOf('user/plain'),
    ]) {
      expect(iam.role(arn), arn).toBeUndefined();
    }
  });
});
