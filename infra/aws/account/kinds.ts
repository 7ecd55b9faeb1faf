import type { Place } from './place.ts';
import type { StackResource } from './stacks.ts';

/** What is to be known of a kind of resource, for who looks at a deployment. */
interface Kind {
  /** In words, one of them: `stream`. */
  readonly what: string;
  /** Its name, of what CloudFormation knows it by. Default: that is the name. */
  readonly name?: (id: string) => string;
  /** Its ARN after `arn:PARTITION:`. */
  readonly arn: (name: string, place: Place) => string;
  /** Its page in the console, after the host; absent: none of its own. */
  readonly page?: (name: string, place: Place) => string;
  /** Whether it has no line of its own for a person: there are many of them. */
  readonly many?: true;
}

const arn = (service: string, before: string) => (name: string, place: Place) =>
  `${service}:${place.region}:${place.account}:${before}${name}`;

const page =
  (service: string, before: string, after = '') =>
  (name: string, place: Place) =>
    `${service}/home?region=${place.region}#${before}${encodeURIComponent(name)}${after}`;

/** Kinds of resources that cost money, or that a person looks at, by CloudFormation's names for them. */
const KINDS: Readonly<Record<string, Kind>> = {
  'AWS::Kinesis::Stream': {
    what: 'stream',
    arn: arn('kinesis', 'stream/'),
    page: page('kinesis', '/streams/details/', '/monitoring'),
  },
  'AWS::KinesisAnalyticsV2::Application': {
    what: 'application',
    arn: arn('kinesisanalytics', 'application/'),
    page: (_, { region }) => `flink/home?region=${region}#/applications`,
  },
  'AWS::Lambda::Function': {
    what: 'function',
    arn: arn('lambda', 'function:'),
    page: page('lambda', '/functions/'),
  },
  'AWS::DynamoDB::Table': {
    what: 'table',
    arn: arn('dynamodb', 'table/'),
    page: page('dynamodbv2', 'table?name='),
  },
  'AWS::SNS::Topic': {
    what: 'topic',
    name: (id) => id.slice(id.lastIndexOf(':') + 1),
    arn: arn('sns', ''),
    page: (name, place) =>
      `sns/v3/home?region=${place.region}#/topic/arn:${place.partition}:${arn('sns', '')(name, place)}`,
  },
  'AWS::S3::Bucket': {
    what: 'bucket',
    arn: (name) => `s3:::${name}`,
    page: (name, { region }) => `s3/buckets/${name}?region=${region}`,
  },
  'AWS::KinesisFirehose::DeliveryStream': {
    what: 'delivery stream',
    arn: arn('firehose', 'deliverystream/'),
    page: page('firehose', '/details/', '/monitoring'),
  },
  'AWS::Athena::WorkGroup': { what: 'workgroup', arn: arn('athena', 'workgroup/') },
  'AWS::Glue::Database': { what: 'database', arn: arn('glue', 'database/') },
  'AWS::OpenSearchService::Domain': {
    what: 'search domain',
    arn: arn('es', 'domain/'),
    page: page('aos', 'opensearch/domains/'),
  },
  'AWS::CloudWatch::Dashboard': {
    what: 'dashboard',
    arn: (name, { account }) => `cloudwatch::${account}:dashboard/${name}`,
    page: page('cloudwatch', 'dashboards/dashboard/'),
  },
  'AWS::CloudWatch::Alarm': {
    what: 'alarm',
    arn: arn('cloudwatch', 'alarm:'),
    page: page('cloudwatch', 'alarmsV2:alarm/'),
    many: true,
  },
  'AWS::Logs::LogGroup': { what: 'log group', arn: arn('logs', 'log-group:'), many: true },
};

/** Something that was deployed, as a person knows it. */
export interface Known {
  readonly stack: string;
  /** `stream` */
  readonly what: string;
  readonly name: string;
  readonly arn: string;
  /** Its page in AWS's console; null for what has none. */
  readonly link: string | null;
  /** Whether there are many of its kind, so that a person is told their number alone. */
  readonly many: boolean;
}

/** Where the console is. Source: https://docs.aws.amazon.com/general/latest/gr/endpoints-list.html, aws-cn and aws-us-gov */
const CONSOLES: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** What a resource is to a person; undefined for what belongs to another, such as a role, a policy or a mapping. */
export function known({ type, id, stack }: StackResource, place: Place): Known | undefined {
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (kind === undefined) return undefined;
  const name = kind.name?.(id) ?? id;
  return {
    stack,
    what: kind.what,
    name,
    arn: `arn:${place.partition}:${kind.arn(name, place)}`,
    link: kind.page === undefined ? null : consolePage(kind.page(name, place), place),
    many: kind.many === true,
  };
}

/** The page of a stack in the console; null for what the console does not show. */
export function stackPage(stackId: string, place: Place): string | null {
  return consolePage(
    `cloudformation/home?region=${place.region}#/stacks/stackinfo?stackId=${encodeURIComponent(stackId)}`,
    place,
  );
}

function consolePage(path: string, { partition, region, console }: Place): string | null {
  if (!console) return null;
  return `https://${region}.${CONSOLES[partition] ?? 'console.aws.amazon.com'}/${path}`;
}
