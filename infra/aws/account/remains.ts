import { CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { FirehoseClient, ListDeliveryStreamsCommand } from '@aws-sdk/client-firehose';
import { paginateListStreams } from '@aws-sdk/client-kinesis';
import { KinesisAnalyticsV2Client, paginateListApplications } from '@aws-sdk/client-kinesis-analytics-v2';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { paginateListTopics, SNSClient } from '@aws-sdk/client-sns';
import { createKinesisClient } from '../../../stream/client.ts';
import { judge } from '../../../stream/failure.ts';
import type { ClientConfig } from '../../target.ts';
import { isCalled } from '../naming.ts';
import type { Place } from './place.ts';

/** Something with a name of the kit's. */
export interface Remaining {
  /** `stream` */
  readonly what: string;
  readonly name: string;
}

/** What is left of a deployment. */
export interface Remains {
  readonly left: readonly Remaining[];
  /** What could not be looked at, and why: nobody knows whether there is any of it. */
  readonly unseen: readonly { readonly what: string; readonly reason: string }[];
}

/** Names of all things of one kind, in the account and region, whoever's they are. */
type Look = (config: ClientConfig) => AsyncIterable<string | undefined>;

/** What costs money and has a list, by kind. */
const LOOKS: Readonly<Record<string, Look>> = {
  stream: (config) =>
    ofPages(
      createKinesisClient(config, { maxAttempts: 3 }),
      (client) => paginateListStreams({ client }, {}),
      (page) => page.StreamNames,
    ),
  table: (config) =>
    ofPages(
      new DynamoDBClient(config),
      (client) => paginateListTables({ client }, {}),
      (page) => page.TableNames,
    ),
  function: (config) =>
    ofPages(
      new LambdaClient(config),
      (client) => paginateListFunctions({ client }, {}),
      (page) => page.Functions?.map(({ FunctionName }) => FunctionName),
    ),
  topic: (config) =>
    ofPages(
      new SNSClient(config),
      (client) => paginateListTopics({ client }, {}),
      (page) => page.Topics?.map(({ TopicArn }) => TopicArn?.split(':').at(-1)),
    ),
  application: (config) =>
    ofPages(
      new KinesisAnalyticsV2Client(config),
      (client) => paginateListApplications({ client }, {}),
      (page) => page.ApplicationSummaries?.map(({ ApplicationName }) => ApplicationName),
    ),
  'log group': (config) =>
    ofPages(
      new CloudWatchLogsClient(config),
      (client) => paginateDescribeLogGroups({ client }, {}),
      (page) => page.logGroups?.map(({ logGroupName }) => logGroupName),
    ),
  'delivery stream': (config) => ofPages(new FirehoseClient(config), deliveryStreamPages, (page) => page),
  bucket: (config) =>
    ofPages(
      new S3Client({ ...config, forcePathStyle: config.endpoint !== undefined }),
      bucketPages,
      (page) => page,
    ),
};

/**
 * Looks for what is called as the kit calls its things, with this prefix: also for what no stack knows of any more.
 *
 * @param place whose buckets count: their names end with account and region
 */
export async function remainsOf(
  prefix: string,
  place: Pick<Place, 'account' | 'region'>,
  config: ClientConfig,
): Promise<Remains> {
  const kinds = Object.entries(LOOKS);
  const looked = await Promise.all(
    kinds.map(async ([what, look]): Promise<Remains> => {
      const left: Remaining[] = [];
      try {
        for await (const name of look(config)) {
          if (name !== undefined && isOurs(what, name, prefix, place)) left.push({ what, name });
        }
        return { left, unseen: [] };
      } catch (error) {
        return { left, unseen: [{ what, reason: judge(error).reason }] };
      }
    }),
  );
  return {
    left: looked.flatMap(({ left }) => left),
    unseen: looked.flatMap(({ unseen }) => unseen),
  };
}

function isOurs(
  what: string,
  name: string,
  prefix: string,
  { account, region }: Pick<Place, 'account' | 'region'>,
) {
  switch (what) {
    case 'bucket':
      return isCalled(prefix, name) && name.endsWith(`-${account}-${region}`);
    case 'log group':
      // /aws/lambda/alice-WildRydesStreamProcessor
      return name.split('/').some((part) => isCalled(prefix, part));
    default:
      return isCalled(prefix, name);
  }
}

/** The names of all pages; the client is closed after the last. */
async function* ofPages<Client extends { destroy(): void }, Page>(
  client: Client,
  pages: (client: Client) => AsyncIterable<Page>,
  names: (page: Page) => readonly (string | undefined)[] | undefined,
): AsyncIterable<string | undefined> {
  try {
    for await (const page of pages(client)) yield* names(page) ?? [];
  } finally {
    client.destroy();
  }
}

/** This list has no paginator: each page goes on after the last name of the one before. */
async function* deliveryStreamPages(client: FirehoseClient): AsyncIterable<string[]> {
  for (let last: string | undefined, more = true; more; ) {
    const page = await client.send(
      new ListDeliveryStreamsCommand({ ExclusiveStartDeliveryStreamName: last }),
    );
    const { DeliveryStreamNames: names = [] } = page;
    yield names;
    last = names.at(-1);
    more = page.HasMoreDeliveryStreams === true && last !== undefined;
  }
}

/** All buckets of the account, of every region. */
async function* bucketPages(client: S3Client): AsyncIterable<(string | undefined)[]> {
  for (let token: string | undefined, more = true; more; ) {
    const page = await client.send(new ListBucketsCommand({ ContinuationToken: token }));
    yield (page.Buckets ?? []).map(({ Name }) => Name);
    token = page.ContinuationToken;
    more = token !== undefined;
  }
}
