import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConfirmSubscriptionCommand,
  PublishBatchCommand,
  PublishCommand,
  type PublishCommandInput,
  SetSubscriptionAttributesCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WildRydesError } from '../../../telemetry/errors.ts';
import { startChild } from '../child-fixture.ts';
import { arnOf, type OpenedSns, type Receiver, SnsFixture } from './fixture.ts';

const fixture = new SnsFixture();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-sns-'));
});
afterEach(async () => {
  await fixture.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:alert';

function publish({ client }: OpenedSns, input: Partial<PublishCommandInput> = {}) {
  return client.send(new PublishCommand({ TopicArn: arnOf('alerts'), Message: 'low magic', ...input }));
}

/** Subscribes a receiver and confirms it. */
async function joinAs(
  opened: OpenedSns,
  receiver: Receiver,
  Attributes: Record<string, string> = {},
): Promise<string> {
  const arn = await opened.subscribe({ Endpoint: receiver.url, Attributes });
  await expect.poll(() => receiver.posts.length).toBe(1);
  const { TopicArn, Token } = JSON.parse(receiver.posts[0]?.body ?? '') as Record<string, string>;
  await opened.client.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
  return arn;
}

const undelivered = () => readdirSync(join(folder, 'outbox'));
const mail = () => (existsSync(join(folder, 'mail')) ? readdirSync(join(folder, 'mail')).sort() : []);
const letter = (name = '') => readFileSync(join(folder, 'mail', name), 'utf8');

describe('an HTTP endpoint', () => {
  it('is asked to confirm, then sent the message with its attributes', async () => {
    const opened = await fixture.openSns(folder);
    const receiver = await fixture.receiver();
    const arn = await joinAs(opened, receiver);
    const { MessageId } = await publish(opened, {
      Subject: 'Low magic',
      Message: 'Bucéphalus 🦄\n<&>',
      MessageAttributes: {
        points: { DataType: 'Number', StringValue: '49' },
        bytes: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 255]) },
        __proto__names: { DataType: 'String.Array', StringValue: '["a"]' },
      },
    });
    await expect.poll(() => receiver.posts.length).toBe(2);
    const [asked, notified] = receiver.posts;
    expect(asked).toMatchObject({
      method: 'POST',
      path: '/hook?a=b',
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'x-amz-sns-message-type': 'SubscriptionConfirmation',
        'x-amz-sns-topic-arn': arnOf('alerts'),
        'user-agent': 'Amazon Simple Notification Service Agent',
      },
    });
    expect(asked?.headers).not.toHaveProperty('x-amz-sns-subscription-arn');
    expect(JSON.parse(asked?.body ?? '')).toEqual({
      Type: 'SubscriptionConfirmation',
      MessageId: asked?.headers['x-amz-sns-message-id'],
      Token: expect.stringMatching(/^[0-9a-f]{288}$/),
      TopicArn: arnOf('alerts'),
      Message: expect.stringContaining('SubscribeURL'),
      SubscribeURL: expect.stringContaining(`${opened.endpoint}/?Action=ConfirmSubscription&TopicArn=arn`),
      Timestamp: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      SignatureVersion: '1',
      Signature: expect.any(String),
      SigningCertURL: expect.any(String),
    });
    expect(notified?.headers).toMatchObject({
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': MessageId,
      'x-amz-sns-subscription-arn': arn,
    });
    const body = JSON.parse(notified?.body ?? '') as Record<string, string>;
    expect(body).toMatchObject({
      Type: 'Notification',
      MessageId,
      Subject: 'Low magic',
      Message: 'Bucéphalus 🦄\n<&>',
      MessageAttributes: {
        points: { Type: 'Number', Value: '49' },
        bytes: { Type: 'Binary', Value: 'AQL/' },
        __proto__names: { Type: 'String.Array', Value: '["a"]' },
      },
    });
    expect((await fetch(body.UnsubscribeURL ?? '')).status).toBe(200);
    await publish(opened);
    await expect.poll(undelivered).toEqual([]);
    expect(receiver.posts).toHaveLength(2);
  });

  it('gets nothing before it confirmed', async () => {
    const opened = await fixture.openSns(folder);
    const receiver = await fixture.receiver();
    await opened.subscribe({ Endpoint: receiver.url });
    await publish(opened);
    await expect.poll(undelivered).toEqual([]);
    expect(receiver.posts.map(({ headers }) => headers['x-amz-sns-message-type'])).toEqual([
      'SubscriptionConfirmation',
    ]);
  });

  it('gets the bare message if it asked for that, in its content type', async () => {
    const opened = await fixture.openSns();
    const receiver = await fixture.receiver();
    await joinAs(opened, receiver, {
      RawMessageDelivery: 'true',
      DeliveryPolicy: '{"requestPolicy":{"headerContentType":"application/json"}}',
    });
    await publish(opened, {
      MessageStructure: 'json',
      Message: JSON.stringify({ default: 'all', http: '{"for":"http"}', sms: 1 }),
    });
    await expect
      .poll(() => receiver.posts[1])
      .toMatchObject({
        body: '{"for":"http"}',
        headers: { 'x-amz-sns-rawdelivery': 'true', 'content-type': 'application/json' },
      });
  });

  it('that fails is tried again as its policy says, with jitter, then given up and told', async () => {
    const waits: number[] = [];
    const opened = await fixture.openSns(folder, {
      random: () => 1,
      wait: async (delay) => void waits.push(delay),
    });
    let status = 200;
    const receiver = await fixture.receiver(() => status);
    await joinAs(opened, receiver);
    status = 503;
    await publish(opened);
    await expect.poll(undelivered).toEqual([]);
    expect(receiver.posts).toHaveLength(1 + 4);
    expect(new Set(receiver.posts.slice(1).map(({ body }) => body)).size).toBe(1);
    expect(waits).toEqual([20_000, 20_000, 20_000]);
    expect(opened.log.at(-1)).toMatch(/is given up after 4 attempts: it answered 503$/);
  });

  it.each([400, 404, 301, 307])(
    'that answers %i is not tried again, and no redirect is followed',
    async (answer) => {
      const opened = await fixture.openSns(folder);
      let status = 200;
      const receiver = await fixture.receiver(() => status);
      await joinAs(opened, receiver);
      status = answer;
      await publish(opened);
      await expect.poll(undelivered).toEqual([]);
      expect(receiver.posts.slice(1).map(({ path }) => path)).toEqual(['/hook?a=b']);
      expect(opened.log.at(-1)).toContain(`is given up after 1 attempt: it answered ${answer}`);
    },
  );

  it('that unsubscribed meanwhile is left alone', async () => {
    let retry = () => {};
    const opened = await fixture.openSns(folder, {
      wait: () => new Promise<void>((resolve) => (retry = resolve)),
    });
    let status = 200;
    const receiver = await fixture.receiver(() => status);
    const SubscriptionArn = await joinAs(opened, receiver);
    status = 500;
    await publish(opened);
    await expect.poll(() => receiver.posts.length).toBe(2);
    await opened.client.send(new UnsubscribeCommand({ SubscriptionArn }));
    retry();
    await expect.poll(undelivered).toEqual([]);
    expect(receiver.posts).toHaveLength(2);
  });
});

describe('a function', () => {
  it('gets the event of SNS', async () => {
    const events: [string, unknown][] = [];
    const opened = await fixture.openSns(null, {
      invoke: async (functionArn, event) => void events.push([functionArn, event]),
    });
    const EventSubscriptionArn = await opened.subscribe({ Protocol: 'lambda', Endpoint: FUNCTION });
    const { MessageId } = await publish(opened, {
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'alert' } },
    });
    await expect.poll(() => events.length).toBe(1);
    expect(events).toEqual([
      [
        FUNCTION,
        {
          Records: [
            {
              EventSource: 'aws:sns',
              EventVersion: '1.0',
              EventSubscriptionArn,
              Sns: {
                Type: 'Notification',
                MessageId,
                TopicArn: arnOf('alerts'),
                Subject: null,
                Message: 'low magic',
                Timestamp: expect.stringMatching(/Z$/),
                SignatureVersion: '1',
                Signature: expect.any(String),
                SigningCertUrl: expect.any(String),
                UnsubscribeUrl: expect.stringContaining('Action=Unsubscribe'),
                MessageAttributes: { kind: { Type: 'String', Value: 'alert' } },
              },
            },
          ],
        },
      ],
    ]);
  });

  it('that cannot have it is tried again, one that is not there is not', async () => {
    let calls = 0;
    const opened = await fixture.openSns(folder, {
      wait: async () => {},
      invoke: async () => {
        calls += 1;
        if (calls < 5) throw new Error('busy');
        throw new WildRydesError('NOT_FOUND', 'there is no function alert');
      },
    });
    await opened.subscribe({ Protocol: 'lambda', Endpoint: FUNCTION });
    await publish(opened);
    await expect.poll(undelivered).toEqual([]);
    expect(calls).toBe(5);
    expect(opened.log.at(-1)).toContain('is given up after 5 attempts: there is no function alert');
  });

  it('gets what its filter lets through, by attributes or by body', async () => {
    const heard: string[] = [];
    const opened = await fixture.openSns(null, {
      invoke: async (_arn, event) =>
        void heard.push((event as { Records: [{ Sns: { Message: string } }] }).Records[0].Sns.Message),
    });
    const SubscriptionArn = await opened.subscribe({
      Protocol: 'lambda',
      Endpoint: FUNCTION,
      Attributes: { FilterPolicy: '{"points":[{"numeric":["<",50]}]}' },
    });
    const entry = (Id: string, points: string) => ({
      Id,
      Message: `{"points":${points}}`,
      MessageAttributes: { points: { DataType: 'Number', StringValue: points } },
    });
    const PublishBatchRequestEntries = [entry('a', '49'), entry('b', '50'), entry('c', '-1')];
    const batch = new PublishBatchCommand({ TopicArn: arnOf('alerts'), PublishBatchRequestEntries });
    await opened.client.send(batch);
    await expect.poll(() => heard.length).toBe(2);
    expect(heard).toEqual(['{"points":49}', '{"points":-1}']);
    const AttributeName = 'FilterPolicyScope';
    await opened.client.send(
      new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue: 'MessageBody' }),
    );
    await publish(opened, { Message: 'no JSON' });
    await publish(opened, { Message: '{"points":1}' });
    await expect.poll(() => heard.length).toBe(3);
    expect(heard[2]).toBe('{"points":1}');
  });
});

describe('the mailbox', () => {
  it('gets mail that asks for confirmation, and then the message', async () => {
    const opened = await fixture.openSns(folder);
    await opened.subscribe({ Protocol: 'email', Endpoint: 'ops@example.com' });
    await expect.poll(mail).toHaveLength(1);
    const asked = letter(mail()[0]);
    expect(asked).toMatch(/^From: .*\nTo: ops@example.com\nSubject: AWS Notification - Subscription/);
    const link = /^http:.*Action=ConfirmSubscription.*$/m.exec(asked)?.[0] ?? '';
    expect((await fetch(link)).status).toBe(200);
    await publish(opened, { Subject: 'Low magic', Message: 'Rocinante: 49' });
    await expect.poll(mail).toHaveLength(2);
    expect(letter(mail().find((name) => letter(name).includes('Subject: Low magic')))).toMatch(
      /\n\nRocinante: 49\n\n--\n[\s\S]*Action=Unsubscribe/,
    );
    expect(opened.log.at(-1)).toContain(join(folder, 'mail'));
  });

  it('gets mail as JSON, and text messages', async () => {
    const opened = await fixture.openSns(folder);
    await opened.subscribe({ Protocol: 'email-json', Endpoint: 'ops@example.com' });
    await opened.subscribe({ Protocol: 'sms', Endpoint: '+15550100' });
    await expect.poll(mail).toHaveLength(1);
    const { SubscribeURL = '' } = JSON.parse(letter(mail()[0]).split('\n\n')[1] ?? '') as Record<
      string,
      string
    >;
    expect((await fetch(SubscribeURL)).status).toBe(200);
    await publish(opened);
    await expect.poll(mail).toHaveLength(3);
    const text = mail().find((name) => name.endsWith('.sms'));
    expect(letter(text)).toMatch(/\nTo: \+15550100\n[\s\S]*\n\nlow magic\n$/);
  });
});

describe('what was published before kill -9', () => {
  it('is delivered by the next process', async () => {
    const child = await startChild(`
      import { once } from 'node:events';
      import { createSns } from './sns/service.ts';
      const sns = createSns({ folder: ${JSON.stringify(folder)}, invoke: () => new Promise(() => {}) });
      const call = async (fields) => {
        const body = Buffer.from(new URLSearchParams(fields).toString());
        const answer = await sns.handle({
          method: 'POST', path: '/', headers: {}, region: 'us-east-1', operation: fields.Action, body,
        });
        if (answer.status !== 200) throw new Error(answer.body);
      };
      const TopicArn = '${arnOf('alerts')}';
      await call({ Action: 'CreateTopic', Name: 'alerts' });
      await call({ Action: 'Subscribe', TopicArn, Protocol: 'lambda', Endpoint: '${FUNCTION}' });
      await call({ Action: 'Subscribe', TopicArn, Protocol: 'sms', Endpoint: '+15550100' });
      for (let i = 0; ; i++) {
        await call({ Action: 'Publish', TopicArn, Message: 'message ' + i });
        console.log('published ' + i);
        await new Promise((resolve) => setImmediate(resolve));
      }
    `);
    await child.line('published 20');
    await child.kill();
    const published = child.lines.filter((line) => line.startsWith('published')).length;
    const heard = new Set<string>();
    const opened = await fixture.openSns(folder, {
      invoke: async (_arn, event) =>
        void heard.add((event as { Records: [{ Sns: { Message: string } }] }).Records[0].Sns.Message),
    });
    await expect.poll(undelivered, { timeout: 10_000 }).toEqual([]);
    for (let i = 0; i < published; i++) expect(heard).toContain(`message ${i}`);
    expect(opened.log.filter((line) => line.includes('given up'))).toEqual([]);
    const texts = mail().map((name) => letter(name).split('\n\n')[1]);
    for (let i = 0; i < published; i++) expect(texts).toContain(`message ${i}\n`);
  });
});
