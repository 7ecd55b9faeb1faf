import { namedStream, operation, STREAM } from '../operation.ts';
import { insistOnRetention, RETENTION, retentionRefused } from '../retention.ts';

/**
 * Keeps records for a shorter time; older ones are gone at once. The period that it has already is taken too.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DecreaseStreamRetentionPeriod.html
 */
export const decreaseStreamRetentionPeriod = operation({ ...RETENTION, ...STREAM }, (input, context) => {
  const stream = namedStream(input, context);
  const { RetentionPeriodHours: hours } = input;
  insistOnRetention(hours);
  if (hours > stream.retentionHours) throw retentionRefused(stream, hours, 'longer', 'Increase');
  stream.change({ retentionHours: hours });
  return undefined;
});
