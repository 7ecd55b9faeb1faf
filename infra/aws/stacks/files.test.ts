import type { Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { pipelineApp } from '../pipeline-app.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import type { StackName } from '../stack-names.ts';
import { arnOf, deployed, statements, templateOf } from '../testing.ts';

const PREFIX = { prefix: 'alice-' } as const;
const BUCKET = 'alice-wildrydes-uploads-123456789012-us-west-2';
const LOADER = 'arn:aws:lambda:us-west-2:123456789012:function:alice-WildRydesFileLoader';
const LOG_INDEXER = 'arn:aws:lambda:us-west-2:123456789012:function:alice-WildRydesLogIndexer';

const alone = templateOf('Files', PREFIX);
const bob = templateOf('Files', { prefix: 'bob-' });
const withSearch = templateOf('Files', { ...PREFIX, stacks: ['Files', 'Search'] });

/** The stacks that must be there before the files', by those that are wanted. */
const BEFORE_FILES = {
  Files: stacksBefore(['Files']),
  'Files and Search': stacksBefore(['Files', 'Search']),
} as const;

function stacksBefore(stacks: readonly StackName[]): string[] {
  const app = pipelineApp({ ...DEFAULT_SETTINGS, stacks });
  const files = app.node.findChild('wildrydes-Files') as Stack;
  return files.dependencies.map(({ stackName }) => stackName).sort();
}

function bucketOf(template: typeof alone) {
  const [bucket] = Object.values(template.findResources('AWS::S3::Bucket'));
  return bucket as { DeletionPolicy: string; DependsOn: string[]; Properties: Record<string, unknown> };
}

/** Which names of objects call whom. */
function callsOf(template: typeof alone): [string, string][] {
  const { LambdaConfigurations } = deployed(bucketOf(template).Properties.NotificationConfiguration) as {
    LambdaConfigurations: {
      Event: string;
      Function: string;
      Filter: { S3Key: { Rules: { Name: string; Value: string }[] } };
    }[];
  };
  return LambdaConfigurations.map(({ Event, Function: called, Filter }) => {
    expect(Event).toBe('s3:ObjectCreated:*');
    return [Filter.S3Key.Rules.map(({ Name, Value }) => `${Name} ${Value}`).join(), called];
  });
}

const LOADED: [string, string][] = ['.ndjson', '.ndjson.gz', '.jsonl', '.jsonl.gz', '.json', '.json.gz'].map(
  (suffix) => [`suffix ${suffix}`, LOADER],
);

describe('the bucket for uploads', () => {
  test('is private, encrypted, emptied after a month, and goes with the stack', () => {
    const { DeletionPolicy, Properties } = bucketOf(alone);
    expect(DeletionPolicy).toBe('Delete');
    expect(deployed(Properties)).toMatchObject({
      BucketName: BUCKET,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: {
        Rules: [
          { Status: 'Enabled', ExpirationInDays: 30 },
          { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
        ],
      },
    });
  });

  test('calls the loader with its files, once it may', () => {
    expect(callsOf(alone)).toEqual(LOADED);
    const permissions = alone.findResources('AWS::Lambda::Permission');
    expect(bucketOf(alone).DependsOn).toEqual(Object.keys(permissions));
    expect(Object.values(permissions).map(({ Properties }) => deployed(Properties))).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: `{${Object.keys(alone.findResources('AWS::Lambda::Function'))[0]}}`,
        Principal: 's3.amazonaws.com',
        SourceAccount: '123456789012',
        SourceArn: `arn:aws:s3:::${BUCKET}`,
      },
    ]);
  });

  test('calls the index of logs with logs, where there is one', () => {
    expect(callsOf(withSearch)).toEqual([
      ...LOADED,
      ['suffix .log', LOG_INDEXER],
      ['suffix .log.gz', LOG_INDEXER],
    ]);
  });
});

describe('the loader', () => {
  test('tells of a file that it gave up after three attempts', () => {
    alone.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: { OnFailure: { Destination: arnOf('sns', 'alice-wildrydes-operations') } },
    });
  });

  test('is told where to write, and has the time that a file needs', () => {
    const [loader] = Object.values(alone.findResources('AWS::Lambda::Function'));
    expect(deployed(loader?.Properties)).toMatchObject({
      FunctionName: 'alice-WildRydesFileLoader',
      Timeout: 900,
      MemorySize: 512,
      Environment: {
        Variables: {
          TABLE_NAME: 'alice-UnicornSensorData',
          QUARANTINE_BUCKET: 'alice-wildrydes-quarantine-123456789012-us-west-2',
        },
      },
    });
  });

  test('is allowed exactly this: on the bucket that it lists, on the objects that it reads', () => {
    expect(statements(alone)).toEqual([
      'dynamodb:BatchWriteItem on table/alice-UnicornSensorData',
      'dynamodb:PutItem on table/alice-UnicornSensorData',
      'logs:CreateLogStream logs:PutLogEvents on its log',
      `s3:GetObject on ${BUCKET}/*`,
      `s3:GetObjectVersion on ${BUCKET}/*`,
      `s3:ListBucket on ${BUCKET}`,
      's3:PutObject on alice-wildrydes-quarantine-123456789012-us-west-2/quarantine/*',
      'sns:Publish on alice-wildrydes-operations',
    ]);
  });
});

test('nothing of it is a function of CDK’s own', () => {
  for (const template of [alone, withSearch]) {
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.resourcePropertiesCountIs('Custom::S3BucketNotifications', {}, 0);
  }
});

test('two prefixes do not collide', () => {
  const namesOf = (template: typeof alone) =>
    Object.values(template.toJSON().Resources as Record<string, { Properties: Record<string, unknown> }>)
      .flatMap(({ Properties }) =>
        ['BucketName', 'FunctionName', 'LogGroupName'].map((key) => deployed(Properties[key])),
      )
      // A reference to a thing of the same stack is no name.
      .filter((name) => typeof name === 'string' && !name.startsWith('{'));
  expect(namesOf(alone)).toHaveLength(3);
  expect(namesOf(alone).filter((name) => namesOf(bob).includes(name))).toEqual([]);
});

test.each([
  ['Files', ['Processing', 'Streaming']],
  ['Files and Search', ['Processing', 'Search', 'Streaming']],
] as const)('of %s, the files come after %j', (wanted, before) => {
  expect(BEFORE_FILES[wanted]).toEqual(before.map((name) => `wildrydes-${name}`));
});
