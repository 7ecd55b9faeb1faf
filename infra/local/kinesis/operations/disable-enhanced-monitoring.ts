import { MONITORING, setMonitoring } from '../enhanced-monitoring.ts';
import { operation } from '../operation.ts';

/**
 * Turns metrics of single shards off; ALL stands for each of them.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DisableEnhancedMonitoring.html
 */
export const disableEnhancedMonitoring = operation(MONITORING, (input, context) =>
  setMonitoring(input, false, context),
);
