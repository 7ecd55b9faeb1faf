import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { flatText } from '../flat-text.ts';
import { STACK_NAMES, type StackName } from '../stack-names.ts';
import { arnOf, templateOf } from '../testing.ts';

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly Threshold: number;
  readonly TreatMissingData: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly MetricName?: string;
  readonly Metrics?: readonly { readonly Expression?: string }[];
}

const alarmsOf = (template: Template): readonly AlarmProperties[] =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);

const everything = templateOf('Observability', { prefix: 'alice-', stacks: STACK_NAMES });
const all = alarmsOf(everything);
const alarm = (name: string) => all.find(({ AlarmName }) => AlarmName === name);

describe('alarms', () => {
  test('tell operations, of trouble and of its end', () => {
    expect(all.length).toBeGreaterThan(30);
    everything.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [arnOf('sns', 'alice-wildrydes-operations')],
      OKActions: [arnOf('sns', 'alice-wildrydes-operations')],
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  test('say what they mean and what to do, within what CloudWatch takes', () => {
    for (const { AlarmName, AlarmDescription, TreatMissingData } of all) {
      expect(AlarmName).toMatch(/^alice-/);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1_024);
      expect(AlarmDescription).toMatch(/^[A-Z].{60,}[.?]$/);
      expect(AlarmDescription).not.toMatch(/undefined|NaN|\[object/);
      expect(TreatMissingData).toMatch(/^(notBreaching|breaching|ignore)$/);
    }
  });

  test('are of no two names', () => {
    expect(new Set(all.map(({ AlarmName }) => AlarmName)).size).toBe(all.length);
  });

  test('of a stream that turns writers away: in three of five minutes', () => {
    for (const stream of ['alice-wildrydes', 'alice-wildrydes-aggregated', 'alice-wildrydes-quarantine']) {
      everything.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName: `${stream}-writes-throttled`,
        Namespace: 'AWS/Kinesis',
        MetricName: 'WriteProvisionedThroughputExceeded',
        Dimensions: [{ Name: 'StreamName', Value: stream }],
        Statistic: 'Sum',
        Period: 60,
        Threshold: 0,
        DatapointsToAlarm: 3,
        EvaluationPeriods: 5,
        TreatMissingData: 'notBreaching',
      });
    }
  });

  test('of the quarantine: any record at all', () => {
    everything.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'alice-wildrydes-quarantine-not-empty',
      MetricName: 'IncomingRecords',
      Dimensions: [{ Name: 'StreamName', Value: 'alice-wildrydes-quarantine' }],
      Threshold: 0,
      EvaluationPeriods: 1,
    });
    everything.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'alice-WildRydesFileLoader-quarantines',
      Namespace: 'alice-WildRydes',
      MetricName: 'Quarantined',
      Dimensions: [{ Name: 'service', Value: 'files' }],
      Threshold: 0,
    });
    // What it refuses goes to the stream, which has its own.
    expect(alarm('alice-WildRydesStreamProcessor-quarantines')).toBeUndefined();
  });

  test('of a reader: behind for five minutes, and half of the 20 hours before it gives up', () => {
    everything.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'alice-WildRydesStreamProcessor-behind',
      Namespace: 'AWS/Lambda',
      MetricName: 'IteratorAge',
      Statistic: 'Maximum',
      Threshold: 300_000,
      EvaluationPeriods: 5,
    });
    everything.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'alice-WildRydesStreamProcessor-gives-up-soon',
      MetricName: 'IteratorAge',
      Threshold: 36_000_000,
      TreatMissingData: 'ignore',
    });
    expect(alarm('alice-WildRydesFileLoader-behind')).toBeUndefined();
  });

  test('of a function that is retried until it works, when it keeps failing; of others, at once', () => {
    expect(alarm('alice-WildRydesTableIndexer-fails')).toMatchObject({
      DatapointsToAlarm: 3,
      EvaluationPeriods: 5,
    });
    expect(alarm('alice-WildRydesFileLoader-fails')).toMatchObject({
      DatapointsToAlarm: 1,
      EvaluationPeriods: 1,
    });
  });

  test('of the aggregation: silence is trouble where it would run, and nowhere else', () => {
    const ofJob = all.filter(({ AlarmName }) => AlarmName.startsWith('alice-wildrydes-aggregation-'));
    expect(ofJob.map(({ AlarmName }) => AlarmName.replace('alice-wildrydes-aggregation-', ''))).toEqual([
      'not-running',
      'restarts',
      'checkpoints-fail',
      'no-summaries',
      'behind',
      'late-readings',
    ]);
    const bad = all.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(bad.map(({ AlarmName }) => AlarmName)).toEqual(['alice-wildrydes-aggregation-not-running']);
    everything.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'alice-wildrydes-aggregation-late-readings',
      Threshold: 1,
      Metrics: [
        { Expression: '100 * DIFF(late) / DIFF(delivered)', Id: 'expr_1' },
        {
          Id: 'late',
          ReturnData: false,
          MetricStat: {
            Stat: 'Average',
            Period: 300,
            Metric: {
              Namespace: 'AWS/KinesisAnalytics',
              MetricName: 'late',
              Dimensions: [
                { Name: 'Application', Value: 'alice-wildrydes-aggregation' },
                { Name: 'Program', Value: 'WildRydesAggregation' },
              ],
            },
          },
        },
        { Id: 'delivered', ReturnData: false },
      ],
    });
  });
});

describe('what is watched', () => {
  const namesOf = (stacks: readonly StackName[]) =>
    alarmsOf(templateOf('Observability', { stacks: [...stacks, 'Observability'] })).map(
      ({ AlarmName }) => AlarmName,
    );

  test('is what is wanted, and what that stands on', () => {
    const streams = namesOf([]);
    expect(streams).toEqual([
      'wildrydes-writes-throttled',
      'wildrydes-aggregated-writes-throttled',
      'wildrydes-quarantine-writes-throttled',
      'wildrydes-quarantine-not-empty',
    ]);
    const more = (stacks: readonly StackName[]) => namesOf(stacks).filter((name) => !streams.includes(name));
    expect(more(['Processing'])).toEqual([
      'WildRydesStreamProcessor-behind',
      'WildRydesStreamProcessor-gives-up-soon',
      'WildRydesStreamProcessor-not-called',
      'WildRydesStreamProcessor-fails',
      'WildRydesStreamProcessor-throttled',
      'UnicornSensorData-throttled',
    ]);
    expect(more(['Files']).filter((name) => name.startsWith('WildRydesFileLoader'))).toEqual([
      'WildRydesFileLoader-fails',
      'WildRydesFileLoader-throttled',
      'WildRydesFileLoader-quarantines',
    ]);
    expect(more(['Archive'])).toContain('wildrydes-archive-late');
  });
});

interface Placed {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: { readonly title?: string; readonly metrics?: readonly (readonly unknown[])[] };
}

describe('the dashboard', () => {
  const boardOf = (template: Template): readonly Placed[] => {
    const [board] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
    return JSON.parse(flatText(board!.Properties.DashboardBody)).widgets;
  };

  test('shows each part of the pipeline, of this prefix alone', () => {
    everything.hasResourceProperties('AWS::CloudWatch::Dashboard', {
      DashboardName: { 'Fn::Join': ['', ['alice-wildrydes-', { Ref: 'AWS::Region' }]] },
    });
    const metrics = boardOf(everything).flatMap(({ properties }) => properties.metrics ?? []);
    const shown = metrics.filter(([namespace]) => typeof namespace === 'string');
    const dimensions = shown.map((metric) => metric.filter((each) => typeof each === 'string').slice(2));
    for (const [name, value] of dimensions) {
      if (name !== 'service') expect(value).toMatch(/^alice-/);
    }
    expect(new Set(shown.map(([namespace]) => namespace))).toEqual(
      new Set([
        'AWS/Kinesis',
        'AWS/SNS',
        'AWS/KinesisAnalytics',
        'AWS/Lambda',
        'alice-WildRydes',
        'AWS/DynamoDB',
        'AWS/Firehose',
      ]),
    );
    expect(shown.map((metric) => metric[1])).toEqual(
      expect.arrayContaining(['IncomingBytes', 'IteratorAge', 'Duration', 'watermark', 'Quarantined']),
    );
  });

  test('puts nothing upon another', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of boardOf(everything)) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++) {
        for (let line = y; line < y + height; line++) {
          expect(taken.has(`${column},${line}`)).toBe(false);
          taken.add(`${column},${line}`);
        }
      }
    }
  });

  test('has nothing of what is not there', () => {
    const titles = boardOf(templateOf('Observability')).map(({ properties }) => properties.title);
    expect(titles.filter((title) => title !== undefined)).toEqual([
      'Records in',
      'Bytes in',
      'Throttled',
      'Age of what was read last, ms',
      'Told to operations',
    ]);
  });
});
