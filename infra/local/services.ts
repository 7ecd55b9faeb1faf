import { join } from 'node:path';
import { type Clock, systemClock } from '../../telemetry/clock.ts';
import { createDynamoDB, type DynamoDBService } from './dynamodb/service.ts';
import { createFirehose } from './firehose/service.ts';
import type { Service } from './gateway/service.ts';
import { createIam, type IamService } from './iam/service.ts';
import { createKinesis, type KinesisService } from './kinesis/service.ts';
import { createKinesisAnalytics, type KinesisAnalyticsService } from './kinesisanalytics/service.ts';
import type { Outlets } from './lambda/delivery/destination.ts';
import type { StreamSource } from './lambda/delivery/event-source-mapping.ts';
import type { RoleTrust } from './lambda/operation.ts';
import { createLambda, InvocationError, type LambdaService } from './lambda/service.ts';
import { createLogs } from './logs/service.ts';
import type { Opened } from './opened.ts';
import { createS3, type S3Service } from './s3/service.ts';
import { createSns, type SnsService } from './sns/service.ts';
import { createSts } from './sts/service.ts';

export interface ServicesOptions {
  /** State folder, a folder in it for each service; null: nothing is kept. */
  readonly data: string | null;
  /** URL of the port, asked when it is needed: the services are there before it is. */
  readonly endpoint: () => string;
  readonly clock: Clock;
  /** For the jitter of retries. */
  readonly random: () => number;
  readonly log: (line: string) => void;
}

/** The services of the local cloud, connected with one another. */
export interface Services {
  readonly kinesis: KinesisService;
  readonly dynamodb: DynamoDBService;
  readonly lambda: LambdaService;
  readonly sns: SnsService;
  readonly s3: S3Service;
  readonly analytics: KinesisAnalyticsService;
  /** All that answer on the port. */
  readonly all: readonly Service[];
}

/**
 * Opens the services, those first that others hand something to. They reach one another in this process, not through
 * the port: what a service needs of another stands here, and nowhere else.
 *
 * @param opened gets what is open, to be closed in reverse, also when a later one fails to open
 * @throws WildRydesError STATE_UNUSABLE, STATE_CORRUPT
 */
export async function openServices(options: ServicesOptions, opened: Opened): Promise<Services> {
  const { data, endpoint, clock, random, log } = options;
  const folderOf = (service: string) => (data === null ? null : join(data, service));
  const common = <Name extends string>(name: Name) => ({ folder: folderOf(name), clock, log });

  const logs = opened.add(createLogs(common('logs')), close);
  const iam = opened.add(createIam(common('iam')), close);
  // What a session token says of its time is for clients, who go by the machine's.
  const sts = createSts({ iam, clock: systemClock, log });
  const dynamodb = opened.add(await createDynamoDB(common('dynamodb')), close);
  const functions = {
    exists: async (functionArn: string) => lambda.has(functionArn),
    invoke: async (functionArn: string, event: object) => lambda.send(functionArn, event),
  };
  const sns = opened.add(createSns({ ...common('sns'), endpoint, invoke: functions.invoke, random }), close);
  const s3 = opened.add(createS3({ ...common('s3'), functions }), close);
  const kinesis = opened.add(await createKinesis(common('kinesis')), close);
  const lambda: LambdaService = opened.add(
    createLambda({
      ...common('lambda'),
      kinesis: streamsOf(kinesis, dynamodb),
      endpoint,
      outlets: outletsTo(sns, s3),
      readObject: s3.readObject,
      roleTrust: (roleArn) => trustOf(iam, roleArn),
      onOutput: ({ logGroup, logStream, time, line }) => logs.write(logGroup, logStream, time, line),
      random,
    }),
    close,
  );
  const firehose = opened.add(
    createFirehose({
      ...common('firehose'),
      findStream: (streamArn) => kinesis.stream(resourceName(streamArn)),
      putObject: s3.putObject,
      invoke: (functionArn, event) => untilStopped(lambda.invoke(functionArn, event)),
      writeLog: (group, stream, event) => logs.write(group, stream, clock.now(), event),
      random,
    }),
    close,
  );
  const analytics = opened.add(createKinesisAnalytics(common('kinesisanalytics')), close);
  return {
    kinesis,
    dynamodb,
    lambda,
    sns,
    s3,
    analytics,
    all: [kinesis, analytics, dynamodb, lambda, sns, s3, firehose, logs, iam, sts],
  };
}

/** Streams by their ARNs, of Kinesis and of tables. */
function streamsOf(kinesis: KinesisService, dynamodb: DynamoDBService): StreamSource {
  return {
    stream: (arn) =>
      arn.split(':')[2] === 'dynamodb' ? dynamodb.stream(arn) : kinesis.stream(resourceName(arn)),
    onStream(listener) {
      const stops = [kinesis.onStream(() => listener()), dynamodb.onStream(() => listener())];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

/** `wildrydes` of `arn:aws:kinesis:REGION:ACCOUNT:stream/wildrydes`, and of a consumer of that. */
function resourceName(streamArn: string): string {
  return streamArn.split('/')[1] ?? '';
}

function outletsTo(sns: SnsService, s3: S3Service): Outlets {
  return {
    publish: (topicArn, message) => sns.publish(topicArn, message),
    putObject: (bucket, key, body) => s3.putObject(bucket, key, body, { contentType: 'application/json' }),
  };
}

/** A function that is stopped with the cloud says nothing of its event: whoever waits for it is about to be stopped too. */
async function untilStopped<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof InvocationError && error.errorType === 'Runtime.Stopped')
      await new Promise(() => {});
    throw error;
  }
}

function trustOf(iam: IamService, roleArn: string): RoleTrust {
  const role = iam.role(roleArn);
  if (role === undefined) return 'missing';
  return role.trusts('lambda.amazonaws.com') ? 'ok' : 'untrusted';
}

function close(service: { close?(): Promise<void> }): Promise<void> | undefined {
  return service.close?.();
}
