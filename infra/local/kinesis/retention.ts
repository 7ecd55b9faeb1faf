import { KINESIS_LIMITS } from '../../../telemetry/topology.ts';
import type { Shape } from '../protocol/validation.ts';
import { invalidArgument, type KinesisError } from './errors.ts';
import type { StoredStream } from './store/stream.ts';

/** What the two operations on a stream's retention share. Its bounds are checked once the stream is found, as on AWS. */
export const RETENTION = {
  RetentionPeriodHours: { type: 'Integer', required: true },
} as const satisfies Shape;

/** @throws KinesisError InvalidArgumentException if no stream may keep its records for that long, or for that short */
export function insistOnRetention(hours: number): void {
  const { least, most } = KINESIS_LIMITS.retention;
  const given = `Requested retention period (${hours} hours) is too`;
  if (hours < least) {
    throw invalidArgument(`Minimum allowed retention period is ${least} hours. ${given} short.`);
  }
  if (hours > most)
    throw invalidArgument(`Maximum allowed retention period is ${most} hours. ${given} long.`);
}

/** For a period in the other direction. */
export function retentionRefused(
  stream: StoredStream,
  hours: number,
  direction: 'shorter' | 'longer',
  instead: 'Increase' | 'Decrease',
): KinesisError {
  return invalidArgument(
    `Requested retention period (${hours} hours) for stream ${stream.streamName} can not be ${direction} than ` +
      `existing retention period (${stream.retentionHours} hours). Use ${instead}RetentionPeriod API.`,
  );
}
