import { expect, test } from 'vitest';
import { STACK_NAMES, type StackName, withFoundations } from '../stack-names.ts';
import { templateOf } from '../testing.ts';
import { alarmMetrics } from './items.ts';

const SETS: readonly (readonly StackName[])[] = [
  ...STACK_NAMES.map((name) => [name]),
  ['Aggregation', 'Processing', 'Alerting'],
  STACK_NAMES,
];

test.each(SETS.map((names) => ({ names })))(
  'alarms on $names are counted as they are in the template',
  ({ names }) => {
    const stacks = withFoundations([...names, 'Observability']);
    const alarms = templateOf('Observability', { stacks }).findResources('AWS::CloudWatch::Alarm');
    const metrics = Object.values(alarms).flatMap(({ Properties: { Metrics = [{ MetricStat: {} }] } }) =>
      (Metrics as { MetricStat?: object }[]).filter(({ MetricStat }) => MetricStat !== undefined),
    );
    expect(alarmMetrics(stacks)).toBe(metrics.length);
  },
);
