import { LOCAL } from '../../../../telemetry/topology.ts';
import type { MappingDefinition } from '../definitions.ts';
import { functionArn } from '../identity.ts';

/** An event-source mapping as it is kept. */
export interface MappingRecord {
  readonly uuid: string;
  readonly definition: MappingDefinition;
  /** Version or alias that the function was named with; null for none. */
  readonly qualifier: string | null;
  readonly enabled: boolean;
  /** Of the last change, milliseconds since the epoch. */
  readonly lastModified: number;
}

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html */
export type MappingState =
  | 'Creating'
  | 'Enabling'
  | 'Enabled'
  | 'Disabling'
  | 'Disabled'
  | 'Updating'
  | 'Deleting';

/** A mapping at one moment. */
export interface MappingView {
  readonly record: MappingRecord;
  readonly state: MappingState;
  readonly lastProcessingResult: string;
}

/** What GetEventSourceMapping answers. Times are in seconds. Source: see MappingState. */
export function describeMapping({ record, state, lastProcessingResult }: MappingView): object {
  const { uuid, definition, qualifier, lastModified } = record;
  const { startingPositionTimestamp, filterPatterns, onFailure } = definition;
  return {
    UUID: uuid,
    EventSourceMappingArn: `arn:aws:lambda:${LOCAL.region}:${LOCAL.accountId}:event-source-mapping:${uuid}`,
    EventSourceArn: definition.eventSourceArn,
    FunctionArn: functionArn(definition.functionName) + (qualifier === null ? '' : `:${qualifier}`),
    State: state,
    StateTransitionReason: 'User action',
    LastModified: lastModified / 1000,
    LastProcessingResult: lastProcessingResult,
    StartingPosition: definition.startingPosition,
    ...(startingPositionTimestamp === null
      ? {}
      : { StartingPositionTimestamp: startingPositionTimestamp / 1000 }),
    BatchSize: definition.batchSize,
    MaximumBatchingWindowInSeconds: definition.maximumBatchingWindowInSeconds,
    ParallelizationFactor: definition.parallelizationFactor,
    MaximumRetryAttempts: definition.maximumRetryAttempts,
    MaximumRecordAgeInSeconds: definition.maximumRecordAgeInSeconds,
    BisectBatchOnFunctionError: definition.bisectBatchOnFunctionError,
    FunctionResponseTypes: definition.functionResponseTypes,
    TumblingWindowInSeconds: definition.tumblingWindowInSeconds,
    ...(filterPatterns.length === 0
      ? {}
      : { FilterCriteria: { Filters: filterPatterns.map((Pattern) => ({ Pattern })) } }),
    DestinationConfig: { OnFailure: onFailure === null ? {} : { Destination: onFailure } },
  };
}
