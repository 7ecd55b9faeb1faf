/** A policy that AWS keeps, and every account has. */
export interface ManagedPolicy {
  readonly name: string;
  /** `/` or `/service-role/`. */
  readonly path: string;
  /** What it allows, on which resources. */
  readonly allows: readonly { readonly actions: readonly string[]; readonly resources?: readonly string[] }[];
}

const WRITE_LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'] as const;

const SERVICE_ROLE = '/service-role/';

/**
 * Those that the guides of this kit use, and those that people put in their place. What they allow is shortened where
 * AWS's go into services that are not here.
 * Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const MANAGED_POLICIES: readonly ManagedPolicy[] = [
  { name: 'AdministratorAccess', path: '/', allows: [{ actions: ['*'] }] },
  { name: 'AWSLambdaBasicExecutionRole', path: SERVICE_ROLE, allows: [{ actions: WRITE_LOGS }] },
  {
    name: 'AWSLambdaKinesisExecutionRole',
    path: SERVICE_ROLE,
    allows: [
      {
        actions: [
          'kinesis:DescribeStream',
          'kinesis:DescribeStreamSummary',
          'kinesis:GetRecords',
          'kinesis:GetShardIterator',
          'kinesis:ListShards',
          'kinesis:ListStreams',
          'kinesis:SubscribeToShard',
          ...WRITE_LOGS,
        ],
      },
    ],
  },
  {
    name: 'AWSLambdaDynamoDBExecutionRole',
    path: SERVICE_ROLE,
    allows: [
      {
        actions: [
          'dynamodb:DescribeStream',
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
          'dynamodb:ListStreams',
          ...WRITE_LOGS,
        ],
      },
    ],
  },
  {
    name: 'AWSLambdaExecute',
    path: '/',
    allows: [
      { actions: ['logs:*'], resources: ['arn:aws:logs:*:*:*'] },
      { actions: ['s3:GetObject', 's3:PutObject'], resources: ['arn:aws:s3:::*'] },
    ],
  },
  { name: 'AWSLambda_FullAccess', path: '/', allows: [{ actions: ['lambda:*'] }] },
  { name: 'AmazonDynamoDBFullAccess', path: '/', allows: [{ actions: ['dynamodb:*'] }] },
  { name: 'AmazonKinesisFullAccess', path: '/', allows: [{ actions: ['kinesis:*'] }] },
  {
    name: 'AmazonKinesisReadOnlyAccess',
    path: '/',
    allows: [{ actions: ['kinesis:Get*', 'kinesis:List*', 'kinesis:Describe*'] }],
  },
  { name: 'AmazonKinesisFirehoseFullAccess', path: '/', allows: [{ actions: ['firehose:*'] }] },
  { name: 'AmazonS3FullAccess', path: '/', allows: [{ actions: ['s3:*', 's3-object-lambda:*'] }] },
  {
    name: 'AmazonS3ReadOnlyAccess',
    path: '/',
    allows: [
      {
        actions: ['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*'],
      },
    ],
  },
  { name: 'AmazonSNSFullAccess', path: '/', allows: [{ actions: ['sns:*'] }] },
  {
    name: 'CloudWatchLogsFullAccess',
    path: '/',
    allows: [{ actions: ['logs:*', 'cloudwatch:GenerateQuery'] }],
  },
];

/** The policy as JSON. */
export function managedDocument({ allows }: ManagedPolicy): string {
  const statements = allows.map(({ actions, resources = ['*'] }) => ({
    Effect: 'Allow',
    Action: oneOrAll(actions),
    Resource: oneOrAll(resources),
  }));
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function oneOrAll(texts: readonly string[]): string | readonly string[] {
  return texts.length === 1 ? texts[0]! : texts;
}
