import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  ListPlatformApplicationsCommand,
  ListTopicsCommand,
} from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arnOf, SnsFixture } from './fixture.ts';

const fixture = new SnsFixture();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-sns-'));
});
afterEach(async () => {
  await fixture.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

describe('SNS', () => {
  it('names the operation that it does not have', async () => {
    const { client } = await fixture.openSns();
    await expect(client.send(new ListPlatformApplicationsCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
      message: 'The SNS of the local cloud does not support ListPlatformApplications',
    });
  });

  it.each(['constructor', '__proto__', ''])('does not take %j for an operation', async (Action) => {
    const { endpoint } = await fixture.openSns();
    const body = new URLSearchParams({ Action, Version: '2010-03-31' });
    const answer = await fetch(endpoint, { method: 'POST', body });
    expect(answer.status).toBe(400);
    const text = await answer.text();
    expect(text).toContain('<Code>InvalidAction</Code>');
    expect(text).toContain(`<RequestId>${answer.headers.get('x-amzn-requestid')}</RequestId>`);
  });

  it('answers a fault of its own as InternalError', async () => {
    const { client } = await fixture.openSns(folder);
    rmSync(folder, { recursive: true });
    await expect(client.send(new CreateTopicCommand({ Name: 'alerts' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 500 },
    });
    expect((await client.send(new ListTopicsCommand({}))).Topics ?? []).toEqual([]);
    mkdirSync(folder);
  });
});

describe('topics', () => {
  it('outlive the process', async () => {
    const before = await fixture.openSns(join(folder, 'sns'));
    for (const Name of ['b', 'a', 'c']) await before.client.send(new CreateTopicCommand({ Name }));
    await before.client.send(new DeleteTopicCommand({ TopicArn: arnOf('c') }));
    await fixture.closeAll();
    const { client } = await fixture.openSns(join(folder, 'sns'));
    expect((await client.send(new ListTopicsCommand({}))).Topics).toEqual([
      { TopicArn: arnOf('a') },
      { TopicArn: arnOf('b') },
    ]);
  });
});
