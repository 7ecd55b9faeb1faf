import { WildRydesError } from '../../../telemetry/errors.ts';

/**
 * Faults on demand: what goes wrong on AWS now and then, made to go wrong here for a time or a count. The table is read
 * by the command line, the control door and the places that act.
 */
export const FAULT_KINDS = {
  'throttle-shard': {
    target: 'stream',
    options: ['shard', 'share'],
    what: 'shards refuse records and reads: throughput exceeded',
  },
  'fail-records': {
    target: 'stream',
    options: ['shard', 'share'],
    what: 'records fail inside PutRecords, others of the same request do not',
  },
  'delay-stream': {
    target: 'stream',
    options: ['delay'],
    what: 'requests to a stream are answered late',
  },
  'expire-iterators': {
    target: 'stream',
    options: ['share'],
    what: 'GetRecords finds its iterator expired',
  },
  'fail-after': {
    target: 'operation',
    options: ['share'],
    what: 'an operation is carried out, and answered with status 500',
  },
  'lose-answer': {
    target: 'operation',
    options: ['share', 'delay'],
    what: 'an operation is carried out, and its connection cut instead of an answer, at once or after a delay',
  },
  'fail-function': {
    target: 'function',
    options: ['share'],
    what: 'a function runs, and then counts as failed',
  },
  'time-out-function': {
    target: 'function',
    options: ['share'],
    what: 'a function runs, and then counts as timed out',
  },
  'wrong-response': {
    target: 'function',
    options: ['share'],
    what: 'a function runs, and returns batchItemFailures that name no record of the batch',
  },
  'leave-unprocessed': {
    target: 'table',
    options: ['share'],
    what: 'BatchWriteItem and BatchGetItem leave items unprocessed',
  },
  'throttle-table': {
    target: 'table',
    options: ['share'],
    what: 'requests to a table are refused: throughput exceeded',
  },
  'fail-publish': {
    target: 'topic',
    options: ['share'],
    what: 'publishing to a topic fails with status 500',
  },
} as const satisfies Record<string, FaultDescription>;

interface FaultDescription {
  /** What it happens to. */
  readonly target: 'stream' | 'operation' | 'function' | 'table' | 'topic';
  readonly options: readonly ('shard' | 'share' | 'delay')[];
  /** In words for a person. */
  readonly what: string;
}

export type FaultKind = keyof typeof FAULT_KINDS;

/** What is asked for. It ends after `count` times or `seconds`, whatever comes first; one of them at least is given. */
export interface FaultRequest {
  readonly kind: FaultKind;
  /** Name of what it happens to. */
  readonly target: string;
  /** Id of the only shard; all of the stream's if absent. */
  readonly shard?: string;
  /** Of what it happens to, above 0 and at most 1. Default 1. */
  readonly share?: number;
  /** Milliseconds: default 1,000 for `delay-stream`, 0 for `lose-answer`. */
  readonly delay?: number;
  readonly count?: number;
  readonly seconds?: number;
}

/** GET /_wildrydes/faults lists these; POST answers one. */
export interface FaultStatus extends FaultRequest {
  readonly id: number;
  /** How often it has happened. */
  readonly happened: number;
}

const LONGEST = 24 * 3_600;

/**
 * Reads a request that came over the wire.
 *
 * @throws WildRydesError USAGE with what was given and what is allowed
 */
export function readFaultRequest(body: unknown): FaultRequest {
  if (typeof body !== 'object' || body === null) throw usage('a fault must be a JSON object');
  const { kind, target, shard, share, delay, count, seconds } = body as Record<string, unknown>;
  if (typeof kind !== 'string' || !Object.hasOwn(FAULT_KINDS, kind)) {
    throw usage(`kind must be one of ${Object.keys(FAULT_KINDS).join(', ')} (given ${shown(kind)})`);
  }
  const description: FaultDescription = FAULT_KINDS[kind as FaultKind];
  if (typeof target !== 'string' || target === '') {
    throw usage(`${kind} must name its ${description.target} (given ${shown(target)})`);
  }
  for (const [option, value] of Object.entries({ shard, share, delay })) {
    if (value !== undefined && !description.options.includes(option as never)) {
      throw usage(`${kind} has no ${option}; it has ${description.options.join(', ')}`);
    }
  }
  if (shard !== undefined && typeof shard !== 'string')
    throw usage(`shard must be an id (given ${shown(shard)})`);
  requireNumber('share', share, Number.EPSILON, 1);
  requireNumber('delay', delay, 1, 600_000);
  requireNumber('count', count, 1, 1e9);
  requireNumber('seconds', seconds, 0.001, LONGEST);
  if (count === undefined && seconds === undefined) {
    throw usage('a fault must end: give count, seconds or both');
  }
  const given = { shard, share, delay, count, seconds };
  return {
    kind: kind as FaultKind,
    target,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

function requireNumber(name: string, value: unknown, least: number, most: number): void {
  if (value === undefined) return;
  if (typeof value === 'number' && value >= least && value <= most) return;
  const from = least === Number.EPSILON ? 'above 0' : `from ${least}`;
  throw usage(`${name} must be a number ${from} to ${most} (given ${shown(value)})`);
}

function usage(message: string): WildRydesError {
  return new WildRydesError('USAGE', message);
}

function shown(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 80);
}
