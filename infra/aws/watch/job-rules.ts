import { STREAMS } from '../../../telemetry/topology.ts';
import { computed } from './metrics.ts';
import type { Rule } from './rule.ts';

/** Percent of readings that may come too late for their minute. */
const LATE = 1;

/** Restarts in a quarter of an hour that AWS does not make for maintenance. */
const RESTARTS = 2;

/**
 * Of the aggregation on Managed Flink. Names of metrics differ between its versions: runningTime and numRestarts since Flink
 * 2.2, which has uptime for the time being; uptime and fullRestarts before.
 * Source: https://docs.aws.amazon.com/managed-flink/latest/java/metrics-dimensions.html and
 * https://docs.aws.amazon.com/managed-flink/latest/java/monitoring-metrics-alarms.html (November 2026)
 */
export const JOB_RULES: readonly Rule<string>[] = [
  {
    name: (job) => `${job}-not-running`,
    metric: (job, metrics) =>
      computed('IF(MAX([running, up]) > 0, 0, 1)', {
        running: metrics.job(job, 'runningTime', { statistic: 'Maximum' }),
        up: metrics.job(job, 'uptime', { statistic: 'Maximum' }),
      }),
    over: 0,
    points: [5, 5],
    // An application that does not run tells nothing.
    silence: 'bad',
    means: () =>
      'The aggregation has not run for 5 minutes: no minutes are summed up. Readings wait in their stream, for a day.',
    next: (job, names) =>
      `./wildrydes aggregation status --aws --application ${names.of(job)} says why, and start goes on where it stopped. Right after a deployment it is not started yet.`,
  },
  {
    name: (job) => `${job}-restarts`,
    metric: (job, metrics) =>
      computed(
        'DIFF(MAX([restarts, full]))',
        {
          restarts: metrics.job(job, 'numRestarts', { statistic: 'Maximum' }),
          full: metrics.job(job, 'fullRestarts', { statistic: 'Maximum' }),
        },
        15,
      ),
    over: RESTARTS,
    points: [1, 1],
    silence: 'good',
    means: () =>
      `The aggregation has begun anew more than ${RESTARTS} times in a quarter of an hour. Nothing is lost or sent twice by it, but it may not get on.`,
    next: (job, names) =>
      `./wildrydes aggregation logs --aws --application ${names.of(job)} shows the exception.`,
  },
  {
    name: (job) => `${job}-checkpoints-fail`,
    metric: (job, metrics) =>
      computed(
        'DIFF(failed)',
        { failed: metrics.job(job, 'numberOfFailedCheckpoints', { statistic: 'Maximum' }) },
        5,
      ),
    over: 0,
    points: [1, 1],
    // Some versions count only what there is; and what is down has an alarm of its own.
    silence: 'good',
    means: () =>
      'A checkpoint of the aggregation has failed. Summaries are sent by checkpoints, so that they come late, and a restart goes back further.',
    next: (job, names) =>
      `Once is no harm. Again and again: ./wildrydes aggregation logs --aws --application ${names.of(job)}; mostly the sink cannot write, or the state has no room.`,
  },
  {
    // What no checkpoint holds is not sent: that none is completed shows here, whatever the reason.
    name: (job) => `${job}-no-summaries`,
    metric: (_, metrics) =>
      computed(
        'IF(readings > 0 AND SUM([summaries, 0 * readings]) == 0, 1, 0)',
        {
          readings: metrics.stream(STREAMS.readings, 'IncomingRecords'),
          summaries: metrics.stream(STREAMS.summaries, 'IncomingRecords'),
        },
        5,
      ),
    over: 0,
    points: [3, 3],
    // No readings come.
    silence: 'good',
    means: () =>
      'Readings have come for 15 minutes, and no summary: the aggregation does not run, completes no checkpoint, or may not write.',
    next: (job, names) =>
      `./wildrydes aggregation status --aws --application ${names.of(job)}, then logs. If it runs and all readings are late or refused, the clock of the producers is wrong.`,
  },
  {
    name: (job) => `${job}-behind`,
    metric: (_, metrics) =>
      metrics.stream(STREAMS.readings, 'GetRecords.IteratorAgeMilliseconds', { statistic: 'Maximum' }),
    over: 5 * 60_000,
    points: [5, 5],
    // Nobody reads: that the aggregation does not run is for another alarm.
    silence: 'good',
    means: () =>
      'What a reader of the readings took last had waited for more than 5 minutes. If no function is behind, it is the aggregation.',
    next: (job, names) =>
      `./wildrydes aggregation update --aws --application ${names.of(job)} --parallelism 2, or more shards and then that.`,
  },
  {
    name: (job) => `${job}-late-readings`,
    metric: (job, metrics) =>
      computed(
        '100 * DIFF(late) / DIFF(delivered)',
        {
          late: metrics.books(job, 'late'),
          delivered: metrics.books(job, 'delivered'),
        },
        5,
      ),
    over: LATE,
    points: [3, 3],
    // Nothing was delivered, or nobody counts.
    silence: 'good',
    means: () =>
      `More than ${LATE}% of the readings come after their minute was closed. They are counted, and in no summary.`,
    next: () =>
      'See which producers are slow, or have a wrong clock. A backlog is never late: it is judged by its own time.',
  },
];
