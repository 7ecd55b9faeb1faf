import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';

/** Details of a log line: positions, counts and reasons, never a payload or a secret. */
type Details = Readonly<Record<string, string | number>>;

/** What a function tells of its work, while it works. */
export interface Observer {
  info(message: string, details: Details): void;
  warn(message: string, details: Details): void;
  error(message: string, details: Details): void;
  /** Adds to a metric of this invocation. */
  count(metric: string, value: number): void;
}

/** An observer at the edge: it knows the invocation, and publishes its metrics at the end. */
export interface InvocationObserver extends Observer {
  begin(context: Context): void;
  end(): void;
}

/** Namespace of the metrics in CloudWatch, unless POWERTOOLS_METRICS_NAMESPACE has another: deployments that share an account. */
const NAMESPACE = 'WildRydes';

/**
 * Structured logs and metrics on standard output, from where Lambda hands them to CloudWatch (metrics in its embedded
 * metric format).
 *
 * @param serviceName the service in every log line, and the dimension of every metric
 */
export function createObserver(serviceName: string): InvocationObserver {
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({
    serviceName,
    namespace: process.env.POWERTOOLS_METRICS_NAMESPACE || NAMESPACE,
  });
  const counts = new Map<string, number>();
  return {
    info: (message, details) => logger.info(message, details),
    warn: (message, details) => logger.warn(message, details),
    error: (message, details) => logger.error(message, details),
    count: (metric, value) => counts.set(metric, (counts.get(metric) ?? 0) + value),
    begin: (context) => {
      counts.clear(); // an invocation that never ended leaves its counts behind
      logger.addContext(context);
    },
    end: () => {
      for (const [metric, value] of counts) metrics.addMetric(metric, MetricUnit.Count, value);
      counts.clear();
      metrics.publishStoredMetrics();
    },
  };
}
