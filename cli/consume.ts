import {
  clientConfig,
  describeTarget,
  resolveTarget,
  type Target,
  type TargetFlags,
} from '../infra/target.ts';
import { createKinesisClient } from '../stream/client.ts';
import { judge } from '../stream/failure.ts';
import { readStream, type ShardBatch, type Start } from '../stream/reader.ts';
import { systemClock } from '../telemetry/clock.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { STREAMS } from '../telemetry/topology.ts';
import { nothingAnswers, streamMissing } from './advice.ts';
import { onInterrupt } from './interrupt.ts';
import { readInteger, readMoment, readStreamName } from './options.ts';
import { unread } from './output.ts';
import { prefixAt, wholeName } from './shell/prefix.ts';
import { coloursFor } from './terminal.ts';
import { type RecordLine, recordAsJson, recordAsLine, shardName } from './views/record.ts';

export interface ConsumerFlags extends TargetFlags {
  readonly stream?: string | undefined;
  /** Of a deployment that shares its account: `alice`. */
  readonly prefix?: string | undefined;
  readonly from?: string | undefined;
  readonly count?: string | undefined;
  readonly output?: 'pretty' | 'json' | undefined;
}

/**
 * Prints the records of a stream until Ctrl-C, a closed pipe, or `--count`.
 *
 * @throws WildRydesError USAGE; UNREACHABLE when nothing answers at the target; NOT_FOUND when the stream does not exist
 */
export async function consume(flags: ConsumerFlags): Promise<void> {
  const { from = 'latest', count, output = 'pretty' } = flags;
  const start = readStart(from, systemClock.now());
  const most = count === undefined ? Number.POSITIVE_INFINITY : readInteger('--count', count, 1, 1e15);
  const target = resolveTarget(flags, process.env);
  const { stream: name, prefix } = flags;
  const streamName = readStreamName(
    wholeName({ option: '--stream', name, prefix }) ??
      prefixAt(target, process.env, prefix) + STREAMS.readings,
  );
  const colours = coloursFor(process.stdout, process.env);
  const line: RecordLine = output === 'json' ? recordAsJson : recordAsLine(colours);
  // Beside NDJSON there is nothing to say to a person; on a terminal an empty stream must not look like a hang.
  const notice = output === 'json' || !process.stdout.isTTY ? () => {} : toStandardError;

  const client = createKinesisClient(clientConfig(target), { maxAttempts: 1 });
  const interrupt = onInterrupt();
  const stop = new AbortController();
  const signal = AbortSignal.any([interrupt.signal, stop.signal]);
  let printed = 0;
  let answered = false;
  let unreachable: unknown;
  let troubles = 0;
  notice(`reading ${streamName} at ${describeTarget(target)} from ${from}; Ctrl-C ends`);
  try {
    await readStream({
      client,
      streamName,
      start,
      signal,
      clock: systemClock,
      onBatch: async (batch: ShardBatch) => {
        answered = true;
        troubles = 0;
        const wanted = batch.records.slice(0, most - printed);
        printed += wanted.length;
        if (wanted.length > 0) {
          process.stdout.write(wanted.map((record) => `${line(streamName, record)}\n`).join(''));
          await unread(process.stdout, signal);
        }
        if (printed >= most) stop.abort();
        if (batch.finished) notice(`shard ${shardName(batch.shardId)} has ended; its children follow`);
      },
      onTrouble: (error) => {
        const failure = judge(error);
        if (failure.throttled) return;
        if (!answered && failure.outcome === 'refused') {
          unreachable ??= error;
          stop.abort();
          return;
        }
        // A single lost answer is no news; a second one is.
        if (++troubles === 2) toStandardError(`waiting for ${describeTarget(target)}: ${failure.reason}`);
      },
    });
  } catch (error) {
    throw withAdvice(error, streamName, target);
  } finally {
    interrupt.release();
    client.destroy();
  }
  if (unreachable !== undefined) {
    throw nothingAnswers(target, judge(unreachable).reason, unreachable);
  }
}

/**
 * Where to begin: `latest`, `start`, a time as StatusTime or ISO-8601 has it, or how long ago.
 *
 * @param now milliseconds since the epoch
 */
export function readStart(text: string, now: number): Start {
  if (text === 'latest' || text === 'start') return { from: text };
  return { from: 'time', time: readMoment('--from', text, now, 'latest, start, ') };
}

function withAdvice(error: unknown, streamName: string, target: Target): unknown {
  if (!(error instanceof WildRydesError)) return error;
  if (error.code === 'NOT_FOUND') return streamMissing(streamName, target, error);
  if (target.kind === 'aws' && target.region === undefined && /Region is missing/.test(error.message)) {
    return new WildRydesError('USAGE', 'no region is set', { next: 'Name one with --region.', cause: error });
  }
  return error;
}

function toStandardError(text: string): void {
  process.stderr.write(`${text}\n`);
}
