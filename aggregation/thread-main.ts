import { type MessagePort, parentPort } from 'node:worker_threads';
import { createKinesisClient } from '../stream/client.ts';
import { systemClock } from '../telemetry/clock.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { fileCheckpoints, memoryCheckpoints } from './checkpoint.ts';
import { type Aggregation, startAggregation } from './runner.ts';
import type { SentError, ThreadCall, ThreadMessage, ThreadOptions } from './thread.ts';

/** What runs in the thread of an AggregationThread. */

const host = parentPort as MessagePort;
const say = (message: ThreadMessage) => host.postMessage(message);

let aggregation: Aggregation | undefined;

async function start({ config, streams, checkpoint }: ThreadOptions): Promise<void> {
  aggregation = await startAggregation({
    client: createKinesisClient(config, { maxAttempts: 1 }),
    streams,
    checkpoint:
      checkpoint === null ? memoryCheckpoints() : fileCheckpoints(checkpoint, (log) => say({ log })),
    // The system's also where time is simulated: readings are judged by what they say and by when the stream took them.
    clock: systemClock,
    random: Math.random,
  });
}

async function answer(call: ThreadCall): Promise<unknown> {
  switch (call.call) {
    case 'start':
      return start(call.options);
    case 'progress':
      return started().progress(call.names);
    case 'caughtUp':
      return started().caughtUp();
    case 'closeWindows':
      return started().closeWindows();
    case 'stop':
      return aggregation?.stop();
  }
}

function started(): Aggregation {
  if (aggregation === undefined) throw new Error('the aggregation has not started');
  return aggregation;
}

function sent(error: unknown): SentError {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined };
  const { message, stack } = error;
  if (!(error instanceof WildRydesError)) return { message, stack };
  return { message, stack, expected: { code: error.code, next: error.next } };
}

host.on('message', (call: ThreadCall) => {
  const { id } = call;
  answer(call).then(
    (result) => say({ id, result }),
    (error: unknown) => say({ id, error: sent(error) }),
  );
});
