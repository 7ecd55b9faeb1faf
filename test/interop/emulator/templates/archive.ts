import { arn, type Code, DESTROYED, getAtt, join, ref, role, type Template } from '../template.ts';

export interface ArchiveOptions {
  readonly prefix: string;
  /** A function that Firehose transforms by, and one that a new object starts: both in one zip. */
  readonly code: Code;
  readonly transformer: string;
  readonly listener: string;
  /** A stream that Firehose reads; default: it takes what is put into it. */
  readonly sourceArn?: unknown;
}

const PRIVATE = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
} as const;

/** A private bucket that Firehose fills by way of a function, what is put into it by hand, and tables over it. */
export function archive(options: ArchiveOptions): Template {
  const { prefix, code } = options;
  const bucketName = `${prefix}-archive`;
  const functionNamed = (name: string, handler: string) => ({
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: `${prefix}-${name}`,
      Code: code,
      Handler: handler,
      Runtime: 'nodejs22.x',
      Architectures: ['arm64'],
      Role: getAtt('FunctionRole', 'Arn'),
      Timeout: 60,
      Environment: { Variables: { EVENTS: 'readings' } },
    },
  });
  return {
    Resources: {
      FunctionRole: role('lambda.amazonaws.com'),
      Transformer: functionNamed('transformer', options.transformer),
      Listener: functionNamed('listener', options.listener),
      // By its ARN in words: by a reference it and the bucket would depend on each other.
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: getAtt('Listener', 'Arn'),
          Principal: 's3.amazonaws.com',
          SourceAccount: ref('AWS::AccountId'),
          SourceArn: `arn:aws:s3:::${bucketName}`,
        },
      },
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketName: bucketName,
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
            ],
          },
          PublicAccessBlockConfiguration: PRIVATE,
          OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
          LifecycleConfiguration: {
            Rules: [{ Id: 'expire', Status: 'Enabled', ExpirationInDays: 30, Prefix: 'readings/' }],
          },
          NotificationConfiguration: {
            LambdaConfigurations: [
              {
                Event: 's3:ObjectCreated:*',
                Function: getAtt('Listener', 'Arn'),
                Filter: { S3Key: { Rules: [{ Name: 'suffix', Value: '.ndjson' }] } },
              },
            ],
          },
          Tags: [{ Key: 'wildrydes:prefix', Value: prefix }],
        },
        DependsOn: ['Permission'],
        ...DESTROYED,
      },
      BucketPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: ref('Bucket'),
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Deny',
                Action: 's3:*',
                Principal: { AWS: '*' },
                Resource: [getAtt('Bucket', 'Arn'), join(getAtt('Bucket', 'Arn'), '/*')],
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
            ],
          },
        },
      },
      DeliveryRole: role('firehose.amazonaws.com', [
        {
          Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
          Resource: join(getAtt('Bucket', 'Arn'), '/*'),
        },
        { Action: 'lambda:InvokeFunction', Resource: getAtt('Transformer', 'Arn') },
      ]),
      Delivery: {
        Type: 'AWS::KinesisFirehose::DeliveryStream',
        Properties: {
          DeliveryStreamName: `${prefix}-archive`,
          ...(options.sourceArn === undefined
            ? {
                DeliveryStreamType: 'DirectPut',
                DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
              }
            : {
                DeliveryStreamType: 'KinesisStreamAsSource',
                KinesisStreamSourceConfiguration: {
                  KinesisStreamARN: options.sourceArn,
                  RoleARN: getAtt('DeliveryRole', 'Arn'),
                },
              }),
          ExtendedS3DestinationConfiguration: {
            BucketARN: getAtt('Bucket', 'Arn'),
            RoleARN: getAtt('DeliveryRole', 'Arn'),
            Prefix: 'readings/dt=!{partitionKeyFromLambda:dt}/',
            ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/',
            BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 64 },
            CompressionFormat: 'GZIP',
            DynamicPartitioningConfiguration: { Enabled: true },
            ProcessingConfiguration: {
              Enabled: true,
              Processors: [
                {
                  Type: 'Lambda',
                  Parameters: [{ ParameterName: 'LambdaArn', ParameterValue: getAtt('Transformer', 'Arn') }],
                },
              ],
            },
          },
        },
        DependsOn: ['DeliveryRole'],
      },
      Database: {
        Type: 'AWS::Glue::Database',
        Properties: {
          CatalogId: ref('AWS::AccountId'),
          DatabaseInput: { Name: `${prefix}_wildrydes` },
        },
      },
      Readings: {
        Type: 'AWS::Glue::Table',
        Properties: {
          CatalogId: ref('AWS::AccountId'),
          DatabaseName: ref('Database'),
          TableInput: {
            Name: 'readings',
            TableType: 'EXTERNAL_TABLE',
            Parameters: {
              'projection.enabled': 'true',
              'projection.dt.type': 'date',
              'projection.dt.format': 'yyyy-MM-dd',
              'projection.dt.range': '2026-01-01,NOW',
            },
            PartitionKeys: [{ Name: 'dt', Type: 'string' }],
            StorageDescriptor: {
              Columns: [
                { Name: 'name', Type: 'string' },
                { Name: 'distance', Type: 'double' },
              ],
              Location: join('s3://', ref('Bucket'), '/readings/'),
              InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
              OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
              SerdeInfo: { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
            },
          },
        },
      },
      WorkGroup: {
        Type: 'AWS::Athena::WorkGroup',
        Properties: {
          Name: `${prefix}-wildrydes`,
          State: 'ENABLED',
          RecursiveDeleteOption: true,
          WorkGroupConfiguration: {
            EnforceWorkGroupConfiguration: true,
            BytesScannedCutoffPerQuery: 1_073_741_824,
            ResultConfiguration: {
              OutputLocation: join('s3://', ref('Bucket'), '/results/'),
              EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
            },
          },
        },
      },
    },
    Outputs: {
      BucketName: { Value: ref('Bucket') },
      DeliveryArn: { Value: getAtt('Delivery', 'Arn') },
      WorkGroup: { Value: ref('WorkGroup') },
      WorkGroupArn: { Value: arn('athena', join('workgroup/', ref('WorkGroup'))) },
    },
  };
}
