import type { Input, Rule, Shape } from '../protocol/validation.ts';
import { invalidArgument } from './errors.ts';
import { checkPrefixes } from './prefix.ts';

const ROLE = { type: 'String', min: 1, max: 512, pattern: 'arn:.*' } as const satisfies Rule;
const BUCKET = {
  type: 'String',
  min: 1,
  max: 2048,
  pattern: 'arn:.*:s3:::[\\w.-]{1,255}',
} as const satisfies Rule;
const PREFIX = { type: 'String', min: 0, max: 1024 } as const satisfies Rule;

/** Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_S3DestinationConfiguration.html */
const S3_MEMBERS = {
  RoleARN: ROLE,
  BucketARN: BUCKET,
  Prefix: PREFIX,
  ErrorOutputPrefix: PREFIX,
  BufferingHints: {
    type: 'Structure',
    members: {
      SizeInMBs: { type: 'Integer', min: 1, max: 128 },
      IntervalInSeconds: { type: 'Integer', min: 0, max: 900 },
    },
  },
  CompressionFormat: { type: 'String', oneOf: ['UNCOMPRESSED', 'GZIP', 'ZIP', 'Snappy', 'HADOOP_SNAPPY'] },
  EncryptionConfiguration: {
    type: 'Structure',
    members: {
      NoEncryptionConfig: { type: 'String', oneOf: ['NoEncryption'] },
      KMSEncryptionConfig: {
        type: 'Structure',
        members: { AWSKMSKeyARN: { type: 'String', required: true } },
      },
    },
  },
  CloudWatchLoggingOptions: {
    type: 'Structure',
    members: {
      Enabled: { type: 'Boolean' },
      LogGroupName: { type: 'String', max: 512, pattern: '[^:*]*' },
      LogStreamName: { type: 'String', max: 512, pattern: '[^:*]*' },
    },
  },
} as const satisfies Shape;

/** Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html */
const EXTENDED_MEMBERS = {
  ...S3_MEMBERS,
  ProcessingConfiguration: {
    type: 'Structure',
    members: {
      Enabled: { type: 'Boolean' },
      Processors: {
        type: 'List',
        each: {
          type: 'Structure',
          members: {
            Type: {
              type: 'String',
              required: true,
              oneOf: [
                'RecordDeAggregation',
                'Decompression',
                'CloudWatchLogProcessing',
                'Lambda',
                'MetadataExtraction',
                'AppendDelimiterToRecord',
              ],
            },
            Parameters: {
              type: 'List',
              each: {
                type: 'Structure',
                members: {
                  ParameterName: { type: 'String', required: true },
                  ParameterValue: { type: 'String', required: true, min: 1, max: 5120 },
                },
              },
            },
          },
        },
      },
    },
  },
  S3BackupMode: { type: 'String', oneOf: ['Disabled', 'Enabled'] },
  DataFormatConversionConfiguration: { type: 'Structure', members: { Enabled: { type: 'Boolean' } } },
  DynamicPartitioningConfiguration: { type: 'Structure', members: { Enabled: { type: 'Boolean' } } },
  FileExtension: { type: 'String', max: 128, pattern: "|\\.[0-9a-z!\\-_.*'()]+" },
  CustomTimeZone: { type: 'String', max: 50 },
} as const satisfies Shape;

const REQUIRED = { RoleARN: { ...ROLE, required: true }, BucketARN: { ...BUCKET, required: true } } as const;

/** What a request may say of an S3 destination: at creation, and in an update, where what is left out stays. */
export const S3 = {
  creation: { ...S3_MEMBERS, ...REQUIRED },
  update: S3_MEMBERS,
  extendedCreation: { ...EXTENDED_MEMBERS, ...REQUIRED },
  extendedUpdate: EXTENDED_MEMBERS,
} as const;

/** What is kept of a destination: as it was given, with the defaults. In the API's own shape. */
export type S3Settings = Input<typeof S3.extendedCreation>;

type Given = Partial<Input<typeof EXTENDED_MEMBERS>>;

/** Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html */
const DEFAULTS = {
  BufferingHints: { SizeInMBs: 5, IntervalInSeconds: 300 },
  CompressionFormat: 'UNCOMPRESSED',
  EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption', KMSEncryptionConfig: undefined },
  CloudWatchLoggingOptions: { Enabled: false, LogGroupName: undefined, LogStreamName: undefined },
} as const;

/**
 * Settings from what was given, over what was there before.
 *
 * @throws ServiceError InvalidArgumentException
 */
export function settingsOf(given: Given, before: Given = DEFAULTS): S3Settings {
  const merged = { ...before };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) Object.assign(merged, { [name]: value });
  }
  const settings = merged as S3Settings;
  checkSettings(settings);
  return settings;
}

function checkSettings(settings: S3Settings): void {
  const { BufferingHints: hints, CompressionFormat: format } = settings;
  if ((hints?.SizeInMBs === undefined) !== (hints?.IntervalInSeconds === undefined)) {
    throw invalidArgument('BufferingHints must have both SizeInMBs and IntervalInSeconds, or neither.');
  }
  if (format !== undefined && format !== 'UNCOMPRESSED' && format !== 'GZIP') {
    throw invalidArgument(`The local cloud compresses by GZIP only (given ${format}).`);
  }
  for (const [name, isOn] of [
    ['S3BackupMode', settings.S3BackupMode === 'Enabled'],
    ['DataFormatConversionConfiguration', settings.DataFormatConversionConfiguration?.Enabled === true],
    ['DynamicPartitioningConfiguration', settings.DynamicPartitioningConfiguration?.Enabled === true],
  ] as const) {
    if (isOn) throw invalidArgument(`The local cloud does not support ${name}.`);
  }
  if (settings.CustomTimeZone !== undefined && settings.CustomTimeZone !== 'UTC') {
    throw invalidArgument(`The local cloud writes prefixes in UTC only (given ${settings.CustomTimeZone}).`);
  }
  checkPrefixes(settings.Prefix ?? '', settings.ErrorOutputPrefix || null);
  processingOf(settings);
}

/** What happens to records before they are delivered. */
export interface Processing {
  /** The function that transforms them. */
  readonly transformation: Transformation | undefined;
  /** What is written after each record. */
  readonly delimiter: string;
}

export interface Transformation {
  readonly functionArn: string;
  /** Of an invocation that failed. Default 3. */
  readonly retries: number;
  /** Bytes of records in one invocation at most. */
  readonly bytes: number;
}

const MEGABYTE = 1024 * 1024;

/** Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html */
const TRANSFORMATION = {
  retries: { least: 0, most: 300, usual: 3 },
  megabytes: { least: 0.2, most: 3, usual: 1 },
} as const;

/** @throws ServiceError InvalidArgumentException */
export function processingOf({ ProcessingConfiguration: configuration }: S3Settings): Processing {
  let processing: Processing = { transformation: undefined, delimiter: '' };
  if (configuration?.Enabled !== true) return processing;
  for (const { Type, Parameters } of configuration.Processors ?? []) {
    const parameters = new Map(Parameters?.map((one) => [one.ParameterName, one.ParameterValue]));
    if (Type === 'Lambda') processing = { ...processing, transformation: transformationOf(parameters) };
    else if (Type === 'AppendDelimiterToRecord') {
      processing = {
        ...processing,
        delimiter: (parameters.get('Delimiter') ?? '\\n').replaceAll('\\n', '\n'),
      };
    } else throw invalidArgument(`The local cloud does not support the processor ${Type}.`);
  }
  return processing;
}

function transformationOf(parameters: ReadonlyMap<string, string>): Transformation {
  const functionArn = parameters.get('LambdaArn');
  if (functionArn === undefined || !/^arn:.*:lambda:.*:function:.+$/.test(functionArn)) {
    throw invalidArgument(`LambdaArn must be the ARN of a function (given ${functionArn ?? 'none'}).`);
  }
  const { retries, megabytes } = TRANSFORMATION;
  return {
    functionArn,
    retries: Math.trunc(numberOf('NumberOfRetries', parameters, retries)),
    bytes: Math.floor(numberOf('BufferSizeInMBs', parameters, megabytes) * MEGABYTE),
  };
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

function numberOf(
  name: string,
  parameters: ReadonlyMap<string, string>,
  { least, most, usual }: Range,
): number {
  const given = parameters.get(name);
  const value = given === undefined ? usual : Number(given.trim() || Number.NaN);
  if (value >= least && value <= most) return value;
  throw invalidArgument(`${name} must be from ${least} to ${most} (given ${given}).`);
}

/** How much, and how long, records are gathered. */
export function bufferOf({ BufferingHints: hints }: S3Settings): {
  readonly bytes: number;
  readonly milliseconds: number;
} {
  return {
    bytes: (hints?.SizeInMBs ?? DEFAULTS.BufferingHints.SizeInMBs) * MEGABYTE,
    milliseconds: (hints?.IntervalInSeconds ?? DEFAULTS.BufferingHints.IntervalInSeconds) * 1000,
  };
}

/** The bucket's name in its ARN. */
export function bucketOf({ BucketARN }: S3Settings): string {
  return BucketARN.slice(BucketARN.lastIndexOf(':') + 1);
}
