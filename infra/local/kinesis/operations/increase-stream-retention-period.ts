import { namedStream, operation, STREAM } from '../operation.ts';
import { insistOnRetention, RETENTION, retentionRefused } from '../retention.ts';

/**
 * Keeps records longer. What has expired by then does not come back. The period that it has already is taken too.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html
 */
export const increaseStreamRetentionPeriod = operation({ ...RETENTION, ...STREAM }, (input, context) => {
  const stream = namedStream(input, context);
  const { RetentionPeriodHours: hours } = input;
  insistOnRetention(hours);
  if (hours < stream.retentionHours) throw retentionRefused(stream, hours, 'shorter', 'Decrease');
  stream.change({ retentionHours: hours });
  return undefined;
});
