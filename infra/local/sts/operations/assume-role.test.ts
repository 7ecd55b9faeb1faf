import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { ROLE, START, StsFixture } from '../fixture.ts';

const fixture = new StsFixture();
afterEach(() => fixture.closeAll());

describe('AssumeRole', () => {
  it('gives credentials with which the caller is the role', async () => {
    const { gateway, client } = await fixture.openSts();
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
    expect(
      await fixture.clientWith(gateway, Credentials).send(new GetCallerIdentityCommand({})),
    ).toMatchObject({
      Account: '000000000000',
      UserId: AssumedRoleUser?.AssumedRoleId,
      Arn: AssumedRoleUser?.Arn,
    });
  });

  it('takes a role that does not exist, and makes up its id, the same each time', async () => {
    const { client } = await fixture.openSts();
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
    const { client } = await fixture.openSts();
    await expect(
      client.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'session', ...more })),
    ).rejects.toMatchObject({ name: 'ValidationError', message: expect.stringContaining(message) });
  });
});
