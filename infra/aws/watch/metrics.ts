import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionManifest } from '../../../processor/manifest.ts';
import { metricsNamespace, type Names } from '../names.ts';
import { JOB, serviceOf } from './watched.ts';

/** How a metric's samples become points: sums of a minute unless told otherwise. */
export interface Points {
  /** Sum, Average, Maximum, Minimum, or a percentile: `p99`. */
  readonly statistic?: string;
  /** Minutes that a point is of. */
  readonly minutes?: number;
}

/** The pipeline's metrics in CloudWatch, by the kit's names of what they are of. */
export class Metrics {
  readonly #names: Names;

  constructor(names: Names) {
    this.#names = names;
  }

  /** Source: https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html */
  stream(stream: string, metric: string, points: Points = {}): Metric {
    return one('AWS/Kinesis', metric, { StreamName: this.#names.of(stream) }, points);
  }

  /** Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
  function(functionName: string, metric: string, points: Points = {}): Metric {
    return one('AWS/Lambda', metric, { FunctionName: this.#names.of(functionName) }, points);
  }

  /** What a function counts itself. */
  counted(manifest: FunctionManifest, metric: string, points: Points = {}): Metric {
    return one(metricsNamespace(this.#names), metric, { service: serviceOf(manifest) }, points);
  }

  /** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
  table(table: string, metric: string, points: Points = {}): Metric {
    return one('AWS/DynamoDB', metric, { TableName: this.#names.of(table) }, points);
  }

  /** Source: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html */
  deliveryStream(deliveryStream: string, metric: string, points: Points = {}): Metric {
    return one('AWS/Firehose', metric, { DeliveryStreamName: this.#names.of(deliveryStream) }, points);
  }

  /** Source: https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
  topic(topic: string, metric: string, points: Points = {}): Metric {
    return one('AWS/SNS', metric, { TopicName: this.#names.of(topic) }, points);
  }

  /**
   * Of Managed Flink.
   * Source: https://docs.aws.amazon.com/managed-flink/latest/java/metrics-dimensions.html
   */
  job(application: string, metric: string, points: Points = {}): Metric {
    return one('AWS/KinesisAnalytics', metric, { Application: this.#names.of(application) }, points);
  }

  /**
   * The job's own: what it calls a gauge in aggregation/flink. Each task has samples of its own, some a minute, so that an
   * average is of one task, and only ratios of averages are of the job.
   * Source: https://docs.aws.amazon.com/managed-flink/latest/java/monitoring-metrics-custom.html
   */
  books(application: string, gauge: string, points: Points = {}): Metric {
    const dimensions = { Application: this.#names.of(application), Program: JOB.program };
    return one('AWS/KinesisAnalytics', gauge, dimensions, { statistic: 'Average', ...points });
  }
}

function one(
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  { statistic = 'Sum', minutes = 1 }: Points,
): Metric {
  return new Metric({ namespace, metricName, dimensionsMap, statistic, period: Duration.minutes(minutes) });
}

/**
 * What CloudWatch computes of metrics.
 *
 * @param expression names them by the members of `of`, which begin with a small letter
 * @param minutes that a point is of, and of theirs too
 */
export function computed(
  expression: string,
  of: Readonly<Record<string, IMetric>>,
  minutes = 1,
  label: string = expression,
): MathExpression {
  const period = Duration.minutes(minutes);
  return new MathExpression({ expression, usingMetrics: { ...of }, period, label });
}
