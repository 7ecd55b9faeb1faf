import { describe, expect, test } from 'vitest';
import { ARCHIVE_DELIVERY } from '../../../processor/archive/delivery.ts';
import { athenaNamesOf } from '../../archive/athena-names.ts';
import { createLinesTable, linesTable } from '../../archive/athena-tables.ts';
import { arnOf, deployed, namesIn, statements, templateOf } from '../testing.ts';

const PLACE = '123456789012-us-west-2';
const BUCKET = `alice-wildrydes-archive-${PLACE}`;
const template = templateOf('Archive', { prefix: 'alice-' });

type Properties = Readonly<Record<string, unknown>>;

/** The properties of the only resource of a type, as they are once deployed. */
function only(type: string): Properties {
  const [resource, ...others] = Object.values(template.findResources(type));
  expect(others).toEqual([]);
  return deployed(resource?.Properties) as Properties;
}

describe('the bucket', () => {
  const bucket = only('AWS::S3::Bucket');

  test('is private, encrypted, and goes with the stack', () => {
    expect(bucket).toMatchObject({
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
    });
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [
          {
            Action: 's3:*',
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
  });

  test('keeps readings for 90 days, the large ones cheaper from the 30th, failures for 30, answers for a week', () => {
    const { Rules } = bucket.LifecycleConfiguration as { Rules: Properties[] };
    expect(Rules.map(({ Status, ...rule }) => ({ ...rule, on: Status === 'Enabled' }))).toEqual([
      {
        Prefix: 'readings/',
        ObjectSizeGreaterThan: '524288',
        Transitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 30 }],
        on: true,
      },
      { Prefix: 'readings/', ExpirationInDays: 90, on: true },
      { Prefix: 'failed/', ExpirationInDays: 30, on: true },
      { Prefix: 'athena-results/', ExpirationInDays: 7, on: true },
      { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, on: true },
    ]);
  });
});

describe('the delivery', () => {
  const stream = only('AWS::KinesisFirehose::DeliveryStream');

  test('is as the kit says, from the stream, through the function, into the bucket', () => {
    const { prefix, errorPrefix, buffer, functionBuffer } = ARCHIVE_DELIVERY;
    expect(stream).toMatchObject({
      DeliveryStreamName: 'alice-wildrydes-archive',
      DeliveryStreamType: 'KinesisStreamAsSource',
      KinesisStreamSourceConfiguration: {
        KinesisStreamARN: 'arn:aws:kinesis:us-west-2:123456789012:stream/alice-wildrydes',
      },
      ExtendedS3DestinationConfiguration: {
        Prefix: prefix,
        ErrorOutputPrefix: errorPrefix,
        CompressionFormat: 'GZIP',
        BufferingHints: { SizeInMBs: buffer.size, IntervalInSeconds: buffer.interval },
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [
            {
              Type: 'Lambda',
              Parameters: [
                {
                  ParameterName: 'LambdaArn',
                  ParameterValue:
                    'arn:aws:lambda:us-west-2:123456789012:function:alice-WildRydesArchiver:$LATEST',
                },
                { ParameterName: 'BufferSizeInMBs', ParameterValue: String(functionBuffer.size) },
                { ParameterName: 'BufferIntervalInSeconds', ParameterValue: String(functionBuffer.interval) },
              ],
            },
          ],
        },
      },
    });
  });

  test('says what it could not deliver, in a log that is kept for a week', () => {
    const LogGroupName = '/aws/kinesisfirehose/alice-wildrydes-archive';
    expect(stream.ExtendedS3DestinationConfiguration).toMatchObject({
      CloudWatchLoggingOptions: { Enabled: true, LogGroupName, LogStreamName: 'delivery' },
    });
    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Delete',
      Properties: { LogGroupName, RetentionInDays: 7 },
    });
    template.hasResourceProperties('AWS::Logs::LogStream', { LogStreamName: 'delivery' });
  });

  test('is made when its role may do all that it needs, and the function is there', () => {
    const [delivery] = Object.values(template.findResources('AWS::KinesisFirehose::DeliveryStream'));
    const waitsFor = new Set(delivery?.DependsOn as string[]);
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const [policy] = policies.find(([id]) => id.startsWith('DeliveryRole')) ?? [];
    const [archiver] = Object.keys(template.findResources('AWS::Lambda::Function'));
    expect(waitsFor).toContain(policy);
    expect(waitsFor).toContain(archiver);
  });

  test('nothing but Firehose calls the function', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
    template.resourceCountIs('AWS::Lambda::Permission', 0);
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'alice-WildRydesArchiver',
      Timeout: 60,
      Environment: { Variables: { EVENTS: 'readings' } },
    });
  });
});

test('allows the delivery and the function exactly this', () => {
  expect(statements(template)).toEqual([
    'kinesis:DescribeStream kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards on stream/alice-wildrydes',
    'lambda:GetFunctionConfiguration lambda:InvokeFunction on function:alice-WildRydesArchiver',
    'lambda:GetFunctionConfiguration lambda:InvokeFunction on function:alice-WildRydesArchiver:$LATEST',
    'logs:CreateLogStream logs:PutLogEvents on its log',
    'logs:PutLogEvents on log-group:/aws/kinesisfirehose/alice-wildrydes-archive:log-stream:delivery',
    `s3:AbortMultipartUpload s3:GetObject s3:PutObject on ${BUCKET}/failed/*`,
    `s3:AbortMultipartUpload s3:GetObject s3:PutObject on ${BUCKET}/readings/*`,
    `s3:GetBucketLocation s3:ListBucket s3:ListBucketMultipartUploads on ${BUCKET}`,
  ]);
});

describe('Athena', () => {
  const { database, workGroup } = athenaNamesOf(BUCKET);
  const table = only('AWS::Glue::Table') as { DatabaseName: string; TableInput: TableInput };
  interface TableInput {
    readonly Name: string;
    readonly TableType: string;
    readonly Parameters: Readonly<Record<string, string>>;
    readonly PartitionKeys: readonly Column[];
    readonly StorageDescriptor: {
      readonly Columns: readonly Column[];
      readonly Location: string;
      readonly SerdeInfo: { SerializationLibrary: string; Parameters: Record<string, string> };
    };
  }
  interface Column {
    readonly Name: string;
    readonly Type: string;
  }

  test('has database and table where `query --archive --aws` looks for them, by the bucket alone', () => {
    expect(only('AWS::Glue::Database')).toMatchObject({
      CatalogId: '123456789012',
      DatabaseInput: { Name: database },
    });
    expect([table.DatabaseName, table.TableInput.Name]).toEqual([database, linesTable(BUCKET)]);
  });

  test('the table is what that command would make', () => {
    const { TableType, Parameters, PartitionKeys, StorageDescriptor } = table.TableInput;
    const { EXTERNAL, ...properties } = Parameters;
    expect([TableType, EXTERNAL]).toEqual(['EXTERNAL_TABLE', 'TRUE']);
    const pairs = (of: Record<string, string>) =>
      Object.entries(of).map(([name, value]) => `'${name}'='${value}'`);
    const columns = (of: readonly Column[]) => of.map(({ Name, Type }) => `${Name} ${Type}`).join(', ');
    const { Columns, Location, SerdeInfo } = StorageDescriptor;
    expect(createLinesTable(BUCKET).split('\n')).toEqual([
      `CREATE EXTERNAL TABLE IF NOT EXISTS ${table.DatabaseName}.${table.TableInput.Name} (`,
      `  ${columns(Columns)})`,
      `PARTITIONED BY (${columns(PartitionKeys)})`,
      `ROW FORMAT SERDE '${SerdeInfo.SerializationLibrary}'`,
      `WITH SERDEPROPERTIES (${pairs(SerdeInfo.Parameters).join(', ')})`,
      `LOCATION '${Location}'`,
      `TBLPROPERTIES (${pairs(properties).join(', ')})`,
    ]);
  });

  test('has a workgroup that bounds queries and keeps answers in the bucket, encrypted', () => {
    expect(only('AWS::Athena::WorkGroup')).toMatchObject({
      Name: workGroup,
      RecursiveDeleteOption: true,
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: 10_000_000_000,
        ResultConfiguration: {
          OutputLocation: `s3://${BUCKET}/athena-results/`,
          EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
        },
      },
    });
  });

  test('has the four classic questions, of the last 90 days, values asked for', () => {
    const queries = Object.values(template.findResources('AWS::Athena::NamedQuery')).map(
      ({ Properties }) => deployed(Properties) as Record<string, string>,
    );
    expect(queries.map(({ Name }) => Name).sort()).toEqual([
      'alice-wildrydes-after',
      'alice-wildrydes-distance',
      'alice-wildrydes-low-vitals',
      'alice-wildrydes-positions',
    ]);
    for (const { QueryString = '', ...query } of queries) {
      expect(query).toMatchObject({ Database: database, WorkGroup: workGroup });
      expect(QueryString).toContain(` FROM ${database}.${linesTable(BUCKET)} WHERE arrived_year BETWEEN `);
      expect(QueryString).toContain("INTERVAL '90' DAY");
      expect(QueryString).not.toMatch(/:name|:since/);
    }
    const positions = queries.find(({ Name }) => Name?.endsWith('positions'));
    expect(positions?.QueryString).toMatch(/FROM readings\nWHERE Name = \?\nORDER BY StatusTime$/);
    expect(positions?.Description).toContain("'Rocinante'");
  });
});

test('two participants have nothing of the same name', () => {
  const [alice, bob] = ['alice-', 'bob-'].map((prefix) => {
    const of = templateOf('Archive', { prefix });
    const databases = Object.values(of.findResources('AWS::Glue::Database'));
    return new Set([...namesIn(of), ...databases.map(({ Properties }) => Properties.DatabaseInput.Name)]);
  });
  expect(alice?.size).toBe(7);
  expect([...alice!].filter((name) => bob!.has(name))).toEqual([]);
});

test('alone in an account, names are the kit’s', () => {
  templateOf('Archive').hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
    DeliveryStreamName: 'wildrydes-archive',
    KinesisStreamSourceConfiguration: { KinesisStreamARN: arnOf('kinesis', 'stream/wildrydes') },
  });
});
