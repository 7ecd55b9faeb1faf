import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../../telemetry/clock.ts';
import type { Outcome } from '../definitions.ts';

/** An event that a function is to get without anyone waiting for its answer. */
export interface AsynchronousEvent {
  readonly requestId: string;
  readonly functionName: string;
  readonly qualifier: string;
  /** As JSON. */
  readonly payload: string;
  /** When it was taken, milliseconds since the epoch. */
  readonly taken: number;
}

/**
 * Invocations of type Event. Each is a file until it is done, so that what was acknowledged is there after a crash; what
 * was under way then is begun again. A function that fails gets its event twice more.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export interface AsynchronousInvocations {
  /** Resolves when the event is on disk. */
  add(event: AsynchronousEvent): Promise<void>;
  /** Goes on with what the process before left. Once, when functions can run. */
  resume(): void;
  /** Starts nothing more. What is left stays on disk. */
  close(): void;
}

export interface AsynchronousOptions {
  /** Folder of the events, created if missing. */
  readonly folder: string;
  /** One attempt. Rejects when the function is gone; `throttled` when it may be tried later. */
  readonly invoke: (event: AsynchronousEvent) => Promise<Outcome | 'throttled'>;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Milliseconds before each retry. Default 1 s, then 2 s, where AWS waits one minute, then two. */
  readonly retryDelays?: readonly number[];
}

const RETRY_DELAYS = [1_000, 2_000] as const;

/** Milliseconds before a throttled event is tried again: at first, and at most. */
const THROTTLED = { first: 50, most: 1_000 } as const;

/** Milliseconds after which an event is given up that was only ever throttled. */
const MOST_AGE = 6 * 60 * 60 * 1000;

/** Events of all functions that are worked on at once; the others wait on disk, by their names alone. */
const UNDER_WAY = 64;

export function createAsynchronousInvocations(options: AsynchronousOptions): AsynchronousInvocations {
  const { folder, invoke, clock, log, retryDelays = RETRY_DELAYS } = options;
  mkdirSync(folder, { recursive: true });
  const waiting: string[] = [];
  const timers = new Map<NodeJS.Timeout, () => void>();
  let underWay = 0;
  let closed = false;

  const fileOf = (requestId: string) => join(folder, `${requestId}.json`);

  function next(): void {
    while (!closed && underWay < UNDER_WAY) {
      const requestId = waiting.shift();
      if (requestId === undefined) return;
      underWay++;
      void work(requestId).finally(() => {
        underWay--;
        next();
      });
    }
  }

  async function work(requestId: string): Promise<void> {
    try {
      const event = JSON.parse(readFileSync(fileOf(requestId), 'utf8')) as AsynchronousEvent;
      // At once: an event that is done with must not come again because the cloud closed meanwhile.
      if (await deliver(event)) rmSync(fileOf(requestId), { force: true });
    } catch (error) {
      log(
        `lambda: event ${requestId} is set aside: ${error instanceof Error ? error.message : String(error)}`,
      );
      setAside(requestId);
    }
  }

  /** Never tried again, and never deleted: someone may want to look. */
  function setAside(requestId: string): void {
    try {
      renameSync(fileOf(requestId), join(folder, `${requestId}.bad`));
    } catch {
      // It is gone, or the disk is: there is nothing more to do about it.
    }
  }

  /** Whether it is done with; false when the cloud closes first. */
  async function deliver(event: AsynchronousEvent): Promise<boolean> {
    let failures = 0;
    let pause: number = THROTTLED.first;
    for (;;) {
      if (closed) return false;
      const outcome = await attempt(event);
      if (outcome === 'throttled') {
        if (clock.now() - event.taken > MOST_AGE) return dropped(event, 'throttled for six hours');
        await delay(pause);
        pause = Math.min(pause * 2, THROTTLED.most);
        continue;
      }
      if (outcome.kind === 'response') return true;
      if (outcome.kind === 'stopped') return false;
      const { errorType, errorMessage } = outcome.error;
      const wait = retryDelays[failures++];
      if (wait === undefined) return dropped(event, `${errorType}: ${errorMessage}`);
      await delay(wait);
    }
  }

  async function attempt(event: AsynchronousEvent): Promise<Outcome | 'throttled'> {
    try {
      return await invoke(event);
    } catch (error) {
      const errorMessage = error instanceof Error ? error.message : String(error);
      return { requestId: event.requestId, kind: 'error', error: { errorType: 'Error', errorMessage } };
    }
  }

  function dropped({ functionName, requestId }: AsynchronousEvent, reason: string): true {
    log(`${functionName}: gave up event ${requestId}: ${reason}`);
    return true;
  }

  function delay(milliseconds: number): Promise<void> {
    if (closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, milliseconds);
      timers.set(timer, resolve);
    });
  }

  return {
    async add(event) {
      const file = fileOf(event.requestId);
      await writeFile(`${file}.new`, JSON.stringify(event), { flush: true });
      await rename(`${file}.new`, file);
      waiting.push(event.requestId);
      next();
    },

    resume() {
      for (const name of readdirSync(folder)) {
        if (name.endsWith('.new')) rmSync(join(folder, name), { force: true });
        else if (name.endsWith('.json')) waiting.push(name.slice(0, -'.json'.length));
      }
      next();
    },

    close() {
      closed = true;
      for (const [timer, resolve] of timers) {
        clearTimeout(timer);
        resolve();
      }
      timers.clear();
    },
  };
}
