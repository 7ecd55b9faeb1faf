import type { Shape } from '../protocol/validation.ts';
import { type Context, type NamedStream, namedStream, STREAM } from './operation.ts';

/**
 * Metrics that a stream can have for each of its shards, in the order in which AWS lists them.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_EnableEnhancedMonitoring.html
 */
const METRICS = [
  'IncomingBytes',
  'IncomingRecords',
  'OutgoingBytes',
  'OutgoingRecords',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'IteratorAgeMilliseconds',
] as const;

type Metric = (typeof METRICS)[number] | 'ALL';

/** What EnableEnhancedMonitoring and DisableEnhancedMonitoring take. */
export const MONITORING = {
  ShardLevelMetrics: {
    type: 'List',
    required: true,
    min: 1,
    max: 7,
    each: { type: 'String', oneOf: [...METRICS, 'ALL'] },
  },
  ...STREAM,
} as const satisfies Shape;

/**
 * Turns metrics on or off, and answers with those that were on and those that are.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DisableEnhancedMonitoring.html
 */
export function setMonitoring(
  input: NamedStream & { readonly ShardLevelMetrics: readonly Metric[] },
  on: boolean,
  context: Context,
): object {
  const stream = namedStream(input, context);
  const { ShardLevelMetrics: named } = input;
  const { shardLevelMetrics: before } = stream.settings;
  const after = METRICS.filter((metric) =>
    named.includes(metric) || named.includes('ALL') ? on : before.includes(metric),
  );
  stream.change({ settings: { shardLevelMetrics: after } });
  return {
    StreamName: stream.streamName,
    StreamARN: stream.streamArn,
    CurrentShardLevelMetrics: before,
    DesiredShardLevelMetrics: after,
  };
}
