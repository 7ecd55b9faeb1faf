import { clientConfig, describeTarget, resolveTarget, type Target } from '../infra/target.ts';
import { createKinesisClient } from '../stream/client.ts';
import { judge } from '../stream/failure.ts';
import { readStream, type ShardBatch, type Start } from '../stream/reader.ts';
import { systemClock } from '../telemetry/clock.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { parseStatusTime } from '../telemetry/status-time.ts';
import type { ConsumerFlags } from './commands/consumer.ts';
import { onInterrupt } from './interrupt.ts';
import { lastOf, readDuration, readInteger } from './options.ts';
import { coloursFor } from './terminal.ts';
import { type RecordLine, recordAsJson, recordAsLine, shardName } from './views/record.ts';

/**
 * Prints the records of a stream until Ctrl-C, a closed pipe, or `--count`.
 *
 * @throws WildRydesError USAGE; UNREACHABLE when nothing answers at the target; NOT_FOUND when the stream does not exist
 */
export async function consume(flags: ConsumerFlags): Promise<void> {
  const streamName = readStreamName(lastOf(flags.stream) ?? '');
  const start = readStart(lastOf(flags.from) ?? '', systemClock.now());
  const count = lastOf(flags.count);
  const most = count === undefined ? Number.POSITIVE_INFINITY : readInteger('--count', count, 1, 1e15);
  const target = resolveTarget(flags, process.env);
  const output = lastOf(flags.output) ?? 'pretty';
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
  notice(`reading ${streamName} at ${describeTarget(target)} from ${lastOf(flags.from)}; Ctrl-C ends`);
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
          await print(wanted.map((record) => `${line(streamName, record)}\n`).join(''), signal);
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
    throw new WildRydesError(
      'UNREACHABLE',
      `nothing answers at ${describeTarget(target)}: ${judge(unreachable).reason}`,
      {
        ...(target.kind === 'aws'
          ? {}
          : { next: 'Start the local cloud with ./wildrydes start, or read from AWS with --aws.' }),
        cause: unreachable,
      },
    );
  }
}

/**
 * Where to begin: `latest`, `start`, a time as StatusTime or ISO-8601 has it, or how long ago.
 *
 * @param now milliseconds since the epoch
 */
export function readStart(text: string, now: number): Start {
  if (text === 'latest' || text === 'start') return { from: text };
  const time = parseStatusTime(text);
  if (time !== undefined) return { from: 'time', time };
  try {
    return { from: 'time', time: now - readDuration('--from', text) };
  } catch {
    throw new WildRydesError(
      'USAGE',
      `--from must be latest, start, a UTC time such as 2026-11-21 06:30:00, or how long ago, such as 5m (given ${text})`,
    );
  }
}

/** Source of the rule: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html */
function readStreamName(text: string): string {
  if (/^[a-zA-Z0-9_.-]{1,128}$/.test(text)) return text;
  throw new WildRydesError(
    'USAGE',
    `--stream must be 1 to 128 letters, digits, dots, dashes and underscores (given ${text})`,
  );
}

function withAdvice(error: unknown, streamName: string, target: Target): unknown {
  if (!(error instanceof WildRydesError)) return error;
  const create = `aws kinesis create-stream --stream-name ${streamName} --shard-count 1`;
  if (error.code === 'NOT_FOUND') {
    const region = target.region === undefined ? '' : ` --region ${target.region}`;
    const profile = target.profile === undefined ? '' : ` --profile ${target.profile}`;
    return new WildRydesError(error.code, `there is no stream ${streamName} at ${describeTarget(target)}`, {
      next: {
        local: `Create it in ./wildrydes shell: ${create}`,
        endpoint: `Create it: ${create} --endpoint-url ${target.endpoint}`,
        aws: `Create it: ${create}${region}${profile}`,
      }[target.kind],
      cause: error,
    });
  }
  if (target.kind === 'aws' && target.region === undefined && /Region is missing/.test(error.message)) {
    return new WildRydesError('USAGE', 'no region is set', { next: 'Name one with --region.', cause: error });
  }
  return error;
}

/** Writes to standard output and waits while its reader is slow, but not for one that is gone. */
async function print(text: string, signal: AbortSignal): Promise<void> {
  if (process.stdout.write(text) || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      process.stdout.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    process.stdout.on('drain', done);
    signal.addEventListener('abort', done);
  });
}

function toStandardError(text: string): void {
  process.stderr.write(`${text}\n`);
}
