import { Worker } from 'node:worker_threads';
import type { KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { type ErrorCode, WildRydesError } from '../telemetry/errors.ts';
import type { AggregationProgress } from '../telemetry/progress.ts';
import type { AggregationOptions } from './runner.ts';

/** What an aggregation in a thread is told: AggregationOptions in a form that can be sent. */
export interface ThreadOptions {
  /** Where the streams are; functions, such as one that fetches credentials, cannot be sent. */
  readonly config: Pick<KinesisClientConfig, 'endpoint' | 'region' | 'credentials'>;
  readonly streams: AggregationOptions['streams'];
  /** Path of the checkpoint's file; null: it is kept in memory. */
  readonly checkpoint: string | null;
}

/** Host to thread. Each call is answered once, with its id. */
export type ThreadCall =
  | { readonly id: number; readonly call: 'start'; readonly options: ThreadOptions }
  | { readonly id: number; readonly call: 'progress'; readonly names: readonly string[] | undefined }
  | { readonly id: number; readonly call: 'caughtUp' | 'closeWindows' | 'stop' };

/** Thread to host. */
export type ThreadMessage =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: SentError }
  | { readonly log: string };

/** An error as it is sent: of its class and fields, sending would leave only the message and the stack. */
export interface SentError {
  readonly message: string;
  readonly stack: string | undefined;
  /** The fields of a WildRydesError. */
  readonly expected?: { readonly code: ErrorCode; readonly next: string | undefined };
}

/** An aggregation that runs elsewhere: the methods are those of `Aggregation`, answered by message. */
export interface RemoteAggregation {
  /** See `startAggregation`. */
  start(options: ThreadOptions): Promise<void>;
  /** See `Aggregation.progress`. */
  progress(names?: readonly string[]): Promise<AggregationProgress>;
  /** See `Aggregation.caughtUp`. */
  caughtUp(): Promise<void>;
  /** See `Aggregation.closeWindows`. */
  closeWindows(): Promise<void>;
  /** See `Aggregation.stop`; also ends what it runs in, whether the aggregation was started or not. */
  stop(): Promise<void>;
}

/** Omit for each member of a union. */
export type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface RemoteListener {
  /** Takes what the aggregation has to say, a line at a time. */
  readonly log: (line: string) => void;
  /** Told when it ends though nobody stopped it. By default the error is thrown: nobody expected it. */
  readonly broken?: (error: unknown) => void;
}

/**
 * An aggregation in a thread of its own, so that it has a core for itself while the cloud serves others. Make it early:
 * the thread loads its modules meanwhile.
 */
export class AggregationThread implements RemoteAggregation {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #stopping = false;
  #ended = false;

  /** @param file the built thread-main.js */
  constructor(file: string, { log, broken = rethrow }: RemoteListener) {
    this.#worker = new Worker(file);
    this.#worker.on('message', (message: ThreadMessage) => {
      if ('log' in message) log(message.log);
      else this.#settle(message);
    });
    let uncaught: unknown = new Error('the aggregation ended, though nobody stopped it');
    this.#worker.once('error', (error) => {
      uncaught = error;
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#ended = true;
        for (const { reject } of this.#waiting.values()) reject(uncaught);
        this.#waiting.clear();
        resolve();
        if (!this.#stopping) broken(uncaught);
      });
    });
  }

  start(options: ThreadOptions): Promise<void> {
    return this.#ask<void>({ call: 'start', options });
  }

  progress(names?: readonly string[]): Promise<AggregationProgress> {
    return this.#ask<AggregationProgress>({ call: 'progress', names });
  }

  caughtUp(): Promise<void> {
    return this.#ask<void>({ call: 'caughtUp' });
  }

  closeWindows(): Promise<void> {
    return this.#ask<void>({ call: 'closeWindows' });
  }

  async stop(): Promise<void> {
    try {
      await this.#ask<void>({ call: 'stop' });
    } finally {
      this.#stopping = true;
      await this.#worker.terminate();
      await this.#exited;
    }
  }

  #ask<T>(call: Without<ThreadCall, 'id'>): Promise<T> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#ended) return reject(new Error('the aggregation has ended'));
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...call } as ThreadCall);
    }) as Promise<T>;
  }

  #settle(answer: Exclude<ThreadMessage, { log: string }>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(received(answer.error));
    else waiting?.resolve(answer.result);
  }
}

function rethrow(error: unknown): never {
  throw error;
}

function received({ message, stack, expected }: SentError): Error {
  const error =
    expected === undefined
      ? new Error(message)
      : new WildRydesError(
          expected.code,
          message,
          expected.next === undefined ? {} : { next: expected.next },
        );
  if (stack !== undefined) error.stack = stack;
  return error;
}
