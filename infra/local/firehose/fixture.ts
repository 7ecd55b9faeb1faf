import {
  CreateDeliveryStreamCommand,
  type CreateDeliveryStreamCommandInput,
  type ExtendedS3DestinationConfiguration,
  FirehoseClient,
  PutRecordBatchCommand,
} from '@aws-sdk/client-firehose';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import type { Service } from '../gateway/service.ts';
import { createFirehose, type FirehoseOptions } from './service.ts';

export interface PutObjectCall {
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
  readonly contentEncoding: string | undefined;
}

/** A Firehose for a test, and how to reach it. */
export interface OpenedFirehose {
  readonly firehose: Service;
  readonly client: FirehoseClient;
  /** What was put into buckets. */
  readonly objects: readonly PutObjectCall[];
  /** Events of the error logs. */
  readonly events: readonly string[];
  readonly log: readonly string[];
  /** Creates the delivery stream `likes`, without buffering unless told. */
  create(
    destination?: Partial<ExtendedS3DestinationConfiguration>,
    more?: Partial<CreateDeliveryStreamCommandInput>,
  ): Promise<unknown>;
  put(...texts: readonly string[]): Promise<unknown>;
}

/** For tests: a Firehose behind a gateway, a bucket in memory, and an SDK client. */
export class FirehoseFixture extends GatewayFixture {
  async openFirehose(
    folder: string | null = null,
    options: Partial<FirehoseOptions> = {},
  ): Promise<OpenedFirehose> {
    const log: string[] = [];
    const objects: PutObjectCall[] = [];
    const events: string[] = [];
    const firehose = createFirehose({
      folder,
      putObject: async (bucket, key, body, { contentEncoding }) =>
        void objects.push({ bucket, key, body: Buffer.from(body), contentEncoding }),
      writeLog: (group, stream, event) => events.push(`${group} ${stream} ${event}`),
      log: (line) => log.push(line),
      ...options,
    });
    const gateway = await this.open([firehose]);
    const client = this.client(new FirehoseClient(sdkConfig(gateway)));
    return {
      firehose,
      client,
      objects,
      events,
      log,
      create: (destination = {}, more = {}) =>
        client.send(
          new CreateDeliveryStreamCommand({
            DeliveryStreamName: 'likes',
            ExtendedS3DestinationConfiguration: { ...DESTINATION, ...destination },
            ...more,
          }),
        ),
      put: (...texts) =>
        client.send(
          new PutRecordBatchCommand({
            DeliveryStreamName: 'likes',
            Records: texts.map((text) => ({ Data: Buffer.from(text) })),
          }),
        ),
    };
  }
}

export const DESTINATION = {
  RoleARN: 'arn:aws:iam::000000000000:role/firehose',
  BucketARN: 'arn:aws:s3:::rides',
  BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 0 },
} as const;

export const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:lambda_KFH_to_DynoDB';

/** Has the function transform records. */
export const PROCESSING = {
  Enabled: true,
  Processors: [
    {
      Type: 'Lambda' as const,
      Parameters: [{ ParameterName: 'LambdaArn' as const, ParameterValue: FUNCTION }],
    },
  ],
};
