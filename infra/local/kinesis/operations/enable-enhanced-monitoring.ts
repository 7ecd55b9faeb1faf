import { MONITORING, setMonitoring } from '../enhanced-monitoring.ts';
import { operation } from '../operation.ts';

/**
 * Turns metrics of single shards on; ALL stands for each of them.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_EnableEnhancedMonitoring.html
 */
export const enableEnhancedMonitoring = operation(
  MONITORING,
  (input, context) => setMonitoring(input, true, context),
  'The metrics are noted and shown, and not measured.',
);
