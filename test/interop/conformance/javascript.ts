import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as dynamodbStreams from '@aws-sdk/client-dynamodb-streams';
import * as firehose from '@aws-sdk/client-firehose';
import * as iam from '@aws-sdk/client-iam';
import * as kinesis from '@aws-sdk/client-kinesis';
import * as kinesisAnalytics from '@aws-sdk/client-kinesis-analytics-v2';
import * as lambda from '@aws-sdk/client-lambda';
import * as s3 from '@aws-sdk/client-s3';
import * as sns from '@aws-sdk/client-sns';
import * as sts from '@aws-sdk/client-sts';
import type { Client, Outcome, StepOptions } from './scenario.ts';

/** Packages of the SDK, by the names that scenarios use: boto3's. */
const SERVICES = {
  dynamodb: [dynamodb, dynamodb.DynamoDBClient],
  dynamodbstreams: [dynamodbStreams, dynamodbStreams.DynamoDBStreamsClient],
  firehose: [firehose, firehose.FirehoseClient],
  iam: [iam, iam.IAMClient],
  kinesis: [kinesis, kinesis.KinesisClient],
  kinesisanalyticsv2: [kinesisAnalytics, kinesisAnalytics.KinesisAnalyticsV2Client],
  lambda: [lambda, lambda.LambdaClient],
  logs: [logs, logs.CloudWatchLogsClient],
  s3: [s3, s3.S3Client],
  sns: [sns, sns.SNSClient],
  sts: [sts, sts.STSClient],
} as const satisfies Readonly<Record<string, readonly [commands: object, client: new () => unknown]>>;

type Command = new (input: unknown) => unknown;

interface Sdk {
  send(command: unknown): Promise<{ $metadata: { httpStatusCode?: number } }>;
  destroy(): void;
}

/** The AWS SDK for JavaScript at its defaults: endpoint, region and credentials come from the environment. */
export function javascriptClient(): Client {
  const clients = new Map<string, Sdk>();
  const clientOf = (service: keyof typeof SERVICES): Sdk => {
    const client = clients.get(service) ?? (new SERVICES[service][1]() as Sdk);
    clients.set(service, client);
    return client;
  };

  return {
    name: 'JavaScript',
    async call(call, input, options) {
      const [service, operation] = call.split('.') as [keyof typeof SERVICES, string];
      const commands = SERVICES[service][0] as unknown as Readonly<Record<string, Command>>;
      const Send = commands[`${operation}Command`];
      if (Send === undefined) throw new Error(`the JavaScript SDK has no ${call}`);
      try {
        const { $metadata, ...answer } = await clientOf(service).send(new Send(toSdk(input)));
        return { answer: await fromSdk(answer, options), status: $metadata.httpStatusCode ?? 0 };
      } catch (error) {
        return refusal(error);
      }
    },
    async close() {
      for (const client of clients.values()) client.destroy();
    },
  };
}

/** @throws what is no answer of a service, such as a connection that failed */
function refusal(error: unknown): Outcome {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode === undefined) throw error;
  return { error: name, message, status: $metadata.httpStatusCode };
}

function toSdk(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSdk);
  if (typeof value !== 'object' || value === null) return value;
  if ('utf8' in value) return new TextEncoder().encode(String(value.utf8));
  if ('base64' in value) return new Uint8Array(Buffer.from(String(value.base64), 'base64'));
  if ('time' in value) return new Date(String(value.time));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toSdk(member)]));
}

async function fromSdk(value: unknown, options: StepOptions): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return bytesOf(value);
  if (value instanceof Date) return { time: value.toISOString() };
  if ('transformToByteArray' in value && typeof value.transformToByteArray === 'function') {
    return bytesOf((await value.transformToByteArray()) as Uint8Array);
  }
  if (Symbol.asyncIterator in value) return eventsOf(value as AsyncIterable<unknown>, options);
  if (Array.isArray(value)) return Promise.all(value.map((each) => fromSdk(each, options)));
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const read = members.map(async ([name, member]) => [name, await fromSdk(member, options)] as const);
  return Object.fromEntries(await Promise.all(read));
}

async function eventsOf(stream: AsyncIterable<unknown>, options: StepOptions): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of stream) {
    events.push(await fromSdk(event, options));
    if (events.length >= (options.events ?? Number.POSITIVE_INFINITY)) break;
  }
  return events;
}

function bytesOf(bytes: Uint8Array): object {
  try {
    return { utf8: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}
