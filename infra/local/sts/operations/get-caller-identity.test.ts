import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { ROOT, StsFixture } from '../fixture.ts';

const fixture = new StsFixture();
afterEach(() => fixture.closeAll());

describe('GetCallerIdentity', () => {
  it('is the root user of the local account', async () => {
    const { client } = await fixture.openSts();
    expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject(ROOT);
  });

  it.each(['x', 'e30=', 'bnVsbA==', 'W10='])(
    'takes the session token %j of somebody else for no role',
    async (SessionToken) => {
      const { gateway } = await fixture.openSts();
      const client = fixture.clientWith(gateway, { AccessKeyId: 'AKID', SecretAccessKey: 's', SessionToken });
      expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject(ROOT);
    },
  );
});
