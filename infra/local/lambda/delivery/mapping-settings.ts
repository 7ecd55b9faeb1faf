import { ServiceError } from '../../protocol/errors.ts';
import type { Input, Shape } from '../../protocol/validation.ts';
import type { MappingDefinition } from '../definitions.ts';
import { parseEventSourceArn } from './event-source-arn.ts';
import { compileFilters } from './filter-criteria.ts';

/**
 * What CreateEventSourceMapping and UpdateEventSourceMapping both take.
 * Sources: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
 */
export const SETTINGS = {
  Enabled: { type: 'Boolean' },
  BatchSize: { type: 'Integer', min: 1, max: 10_000 },
  FilterCriteria: {
    type: 'Structure',
    members: {
      Filters: {
        type: 'List',
        each: { type: 'Structure', members: { Pattern: { type: 'String', max: 4096 } } },
      },
    },
  },
  MaximumBatchingWindowInSeconds: { type: 'Integer', min: 0, max: 300 },
  ParallelizationFactor: { type: 'Integer', min: 1, max: 10 },
  DestinationConfig: {
    type: 'Structure',
    members: {
      OnSuccess: { type: 'Structure', members: { Destination: { type: 'String', max: 350 } } },
      OnFailure: { type: 'Structure', members: { Destination: { type: 'String', max: 350 } } },
    },
  },
  MaximumRecordAgeInSeconds: { type: 'Integer', min: -1, max: 604_800 },
  BisectBatchOnFunctionError: { type: 'Boolean' },
  MaximumRetryAttempts: { type: 'Integer', min: -1, max: 10_000 },
  TumblingWindowInSeconds: { type: 'Integer', min: 0, max: 900 },
  FunctionResponseTypes: {
    type: 'List',
    max: 1,
    each: { type: 'String', oneOf: ['ReportBatchItemFailures'] },
  },
} as const satisfies Shape;

export const FUNCTION_NAME = {
  type: 'String',
  min: 1,
  max: 256,
  pattern:
    '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?',
} as const;

export const EVENT_SOURCE_ARN = {
  type: 'String',
  pattern: 'arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}(-gov)?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)',
} as const;

/** What only queues, brokers and databases take, or what this cloud has no use for. */
const UNSUPPORTED = [
  ...['Topics', 'Queues', 'SourceAccessConfigurations', 'SelfManagedEventSource', 'ScalingConfig'],
  ...['AmazonManagedKafkaEventSourceConfig', 'SelfManagedKafkaEventSourceConfig', 'LoggingConfig'],
  ...['DocumentDBEventSourceConfig', 'KMSKeyArn', 'ProvisionedPollerConfig'],
] as const;

/** @throws ServiceError InvalidParameterValueException for a parameter that a stream's mapping does not take */
export function refuseUnsupported(body: unknown): void {
  for (const name of UNSUPPORTED) {
    const value = (body as { readonly [member: string]: unknown } | null)?.[name];
    if (value === undefined || value === null || value === '') continue;
    const parameter = name.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]/, (capitals) => capitals.toLowerCase());
    throw invalid(`Unsupported '${parameter}' parameter for given event source mapping type.`);
  }
}

/**
 * A definition with what a request gave in place of what was there.
 *
 * @throws ServiceError InvalidParameterValueException if they do not go together
 */
export function withSettings(before: MappingDefinition, input: Input<typeof SETTINGS>): MappingDefinition {
  const { FilterCriteria, DestinationConfig } = input;
  const definition: MappingDefinition = {
    ...before,
    batchSize: input.BatchSize ?? before.batchSize,
    maximumBatchingWindowInSeconds:
      input.MaximumBatchingWindowInSeconds ?? before.maximumBatchingWindowInSeconds,
    parallelizationFactor: input.ParallelizationFactor ?? before.parallelizationFactor,
    maximumRecordAgeInSeconds: input.MaximumRecordAgeInSeconds ?? before.maximumRecordAgeInSeconds,
    maximumRetryAttempts: input.MaximumRetryAttempts ?? before.maximumRetryAttempts,
    bisectBatchOnFunctionError: input.BisectBatchOnFunctionError ?? before.bisectBatchOnFunctionError,
    tumblingWindowInSeconds: input.TumblingWindowInSeconds ?? before.tumblingWindowInSeconds,
    functionResponseTypes: input.FunctionResponseTypes ?? before.functionResponseTypes,
    filterPatterns:
      FilterCriteria === undefined
        ? before.filterPatterns
        : (FilterCriteria.Filters ?? []).map(({ Pattern }) => Pattern ?? ''),
    onFailure: DestinationConfig === undefined ? before.onFailure : destinationIn(DestinationConfig),
  };
  check(definition);
  return definition;
}

function check(definition: MappingDefinition): void {
  const age = definition.maximumRecordAgeInSeconds;
  if (age !== -1 && age < 60) {
    throw invalid(
      'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
    );
  }
  if (definition.tumblingWindowInSeconds > 0 && definition.parallelizationFactor > 1) {
    throw invalid(
      `A tumbling window goes with a ParallelizationFactor of 1 only (given ${definition.parallelizationFactor})`,
    );
  }
  compileFilters(
    definition.filterPatterns,
    parseEventSourceArn(definition.eventSourceArn)?.kind ?? 'kinesis',
  );
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
function destinationIn(
  config: NonNullable<Input<typeof SETTINGS>['DestinationConfig']>,
): MappingDefinition['onFailure'] {
  if (config.OnSuccess?.Destination) {
    throw invalid('Unsupported DestinationConfig parameter for given event source mapping type.');
  }
  const destination = config.OnFailure?.Destination ?? '';
  if (destination === '') return null;
  if (/^arn:aws[a-z-]*:(sns:[a-z0-9-]+:\d{12}:[^:]+|s3:::[^:/]+)$/.test(destination)) return destination;
  throw invalid(
    `The destination must be the ARN of an SNS topic or of an S3 bucket: the local cloud has no others (given ${destination})`,
  );
}

export function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}
