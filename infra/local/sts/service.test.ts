import { GetFederationTokenCommand } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { StsFixture } from './fixture.ts';

const fixture = new StsFixture();
afterEach(() => fixture.closeAll());

describe('STS', () => {
  it('names the operation that it does not have, in its own namespace', async () => {
    const { client, gateway } = await fixture.openSts();
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
