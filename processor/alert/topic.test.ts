import type { PublishCommand, PublishCommandInput } from '@aws-sdk/client-sns';
import { expect, it } from 'vitest';
import { encodeAlert } from '../../telemetry/alert-codec.ts';
import { createTopic } from './topic.ts';

async function publish(message: string): Promise<PublishCommandInput> {
  const sent: PublishCommandInput[] = [];
  const client = {
    send: async ({ input }: PublishCommand) => {
      sent.push(input);
      return { $metadata: {} };
    },
  };
  await createTopic({ client, topicArn: 'arn:topic' })(message, new AbortController().signal);
  expect(sent).toHaveLength(1);
  return sent[0]!;
}

function alert(name: string): string {
  return encodeAlert({
    name,
    state: 'firing',
    vital: 'health',
    value: 19,
    magicPoints: 90,
    episode: `${name}@2026-01-31 12:00:00.000/health`,
    since: '2026-01-31 12:00:00.000',
    statusTime: '2026-01-31 12:00:00.000',
    latitude: 40.749167,
    longitude: -73.985184,
  });
}

it('sends mail a sentence and a link, and everything else the JSON', async () => {
  const message = alert('🦄 7');
  const { Message, ...rest } = await publish(message);
  expect(rest).toEqual({
    TopicArn: 'arn:topic',
    Subject: 'Wild Rydes: ? 7 is low on health',
    MessageStructure: 'json',
    MessageAttributes: {
      State: { DataType: 'String', StringValue: 'firing' },
      Vital: { DataType: 'String', StringValue: 'health' },
      Name: { DataType: 'String', StringValue: '🦄 7' },
    },
  });
  expect(JSON.parse(Message!)).toEqual({
    default: message,
    email: `🦄 7 is low on health: 19 health points at 40.74917, -73.98518, low since 2026-01-31 12:00:00.000 UTC.

https://www.openstreetmap.org/?mlat=40.74917&mlon=-73.98518#map=16/40.74917/-73.98518

Episode 🦄 7@2026-01-31 12:00:00.000/health
`,
  });
});

it('has no attribute for a name with characters that queues refuse', async () => {
  const { MessageAttributes } = await publish(alert('\ufffe'));
  expect(Object.keys(MessageAttributes!)).toEqual(['State', 'Vital']);
});

it('publishes what an earlier version left as it is', async () => {
  expect(await publish('{"name":"Rocinante","state":"firing"}')).toEqual({
    TopicArn: 'arn:topic',
    Message: '{"name":"Rocinante","state":"firing"}',
  });
});
