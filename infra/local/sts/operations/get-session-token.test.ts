import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { ROOT, START, StsFixture } from '../fixture.ts';

const fixture = new StsFixture();
afterEach(() => fixture.closeAll());

describe('GetSessionToken', () => {
  it('gives credentials of whoever calls', async () => {
    const { gateway, client } = await fixture.openSts();
    const { Credentials } = await client.send(new GetSessionTokenCommand({}));
    expect(Credentials?.Expiration).toEqual(new Date(START + 43_200_000));
    expect(
      await fixture.clientWith(gateway, Credentials).send(new GetCallerIdentityCommand({})),
    ).toMatchObject(ROOT);
    await expect(client.send(new GetSessionTokenCommand({ DurationSeconds: 1 }))).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
});
