import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { IamService } from '../iam/service.ts';
import { createSts } from './service.ts';

const fixture = new GatewayFixture();
afterEach(() => fixture.closeAll());

const START = Date.UTC(2026, 10, 28, 12);
const ROLE = 'arn:aws:iam::000000000000:role/reader';

async function open(): Promise<{ gateway: Gateway; client: STSClient }> {
  const iam: Pick<IamService, 'role'> = {
    role: (arn) =>
      arn === ROLE
        ? { name: 'reader', arn, id: 'AROAREADER', maxSessionDuration: 3_600, trusts: () => true }
        : undefined,
  };
  const sts = createSts({ iam, clock: { now: () => START, monotonic: () => 0 } });
  const gateway = await fixture.open([sts]);
  return { gateway, client: fixture.client(new STSClient(sdkConfig(gateway))) };
}

function clientOf(
  gateway: Gateway,
  credentials: {
    AccessKeyId?: string | undefined;
    SecretAccessKey?: string | undefined;
    SessionToken?: string | undefined;
  } = {},
) {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = credentials;
  const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return fixture.client(new STSClient({ ...sdkConfig(gateway), credentials: keys }));
}

const ROOT = { Account: '000000000000', Arn: 'arn:aws:iam::000000000000:root', UserId: '000000000000' };

describe('GetCallerIdentity', () => {
  it('is the root user of the local account', async () => {
    const { client } = await open();
    expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject(ROOT);
  });

  it.each(['x', 'e30=', 'bnVsbA==', 'W10='])(
    'takes the session token %j of somebody else for no role',
    async (SessionToken) => {
      const { gateway } = await open();
      const client = clientOf(gateway, { AccessKeyId: 'AKID', SecretAccessKey: 's', SessionToken });
      expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject(ROOT);
    },
  );
});

describe('AssumeRole', () => {
  it('gives credentials with which the caller is the role', async () => {
    const { gateway, client } = await open();
    const { Credentials, AssumedRoleUser } = await client.send(
      new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'me@work', DurationSeconds: 900 }),
    );
    expect(Credentials).toEqual({
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^.{40}$/),
      SessionToken: expect.any(String),
      Expiration: new Date(START + 900_000),
    });
    expect(AssumedRoleUser).toEqual({
      AssumedRoleId: 'AROAREADER:me@work',
      Arn: 'arn:aws:sts::000000000000:assumed-role/reader/me@work',
    });
    expect(await clientOf(gateway, Credentials).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '000000000000',
      UserId: AssumedRoleUser?.AssumedRoleId,
      Arn: AssumedRoleUser?.Arn,
    });
  });

  it('takes a role that does not exist, and makes up its id, the same each time', async () => {
    const { client } = await open();
    const assume = new AssumeRoleCommand({
      RoleArn: 'arn:aws:iam::123456789012:role/service-role/other',
      RoleSessionName: 'session',
    });
    const { AssumedRoleUser } = await client.send(assume);
    expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::123456789012:assumed-role/other/session');
    expect((await client.send(assume)).AssumedRoleUser).toEqual(AssumedRoleUser);
  });

  it.each([
    [{ RoleArn: 'arn:aws:iam::1:role/reader' }, 'arn:aws:iam::1:role/reader is invalid'],
    [{ RoleArn: 'reader' }, "at 'roleArn' failed to satisfy constraint"],
    [{ RoleSessionName: 'a b' }, "at 'roleSessionName' failed to satisfy constraint"],
    [{ DurationSeconds: 899 }, "at 'durationSeconds' failed to satisfy constraint"],
    [
      { DurationSeconds: 3_601 },
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ],
  ])('refuses %j', async (more, message) => {
    const { client } = await open();
    await expect(
      client.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'session', ...more })),
    ).rejects.toMatchObject({ name: 'ValidationError', message: expect.stringContaining(message) });
  });
});

describe('GetSessionToken', () => {
  it('gives credentials of whoever calls', async () => {
    const { gateway, client } = await open();
    const { Credentials } = await client.send(new GetSessionTokenCommand({}));
    expect(Credentials?.Expiration).toEqual(new Date(START + 43_200_000));
    expect(await clientOf(gateway, Credentials).send(new GetCallerIdentityCommand({}))).toMatchObject(ROOT);
    await expect(client.send(new GetSessionTokenCommand({ DurationSeconds: 1 }))).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
});

describe('STS', () => {
  it('names the operation that it does not have, in its own namespace', async () => {
    const { client, gateway } = await open();
    await expect(client.send(new GetFederationTokenCommand({ Name: 'me' }))).rejects.toMatchObject({
      name: 'InvalidAction',
    });
    const body = new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' });
    const answer = await fetch(gateway.endpoint, { method: 'POST', body });
    expect(await answer.text()).toMatch(
      /^<GetCallerIdentityResponse xmlns="https:\/\/sts.amazonaws.com\/doc\/2011-06-15\/">/,
    );
  });
});
