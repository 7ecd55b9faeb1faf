import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type {
  RemoteAggregation,
  RemoteListener,
  SentError,
  ThreadCall,
  ThreadOptions,
  Without,
} from '../../aggregation/thread.ts';
import type { AggregationProgress } from '../../telemetry/progress.ts';
import { createReaper } from '../local/lambda/sandbox/reaper.ts';
import { JOB_PROJECT } from './job.ts';

export interface FlinkProcessOptions extends RemoteListener {
  /** The program `java`. */
  readonly java: string;
  /** The job and Flink: see `builtJob`. */
  readonly classPath: string;
  /** MB of heap at most; default 512. */
  readonly heap?: number;
}

/** Milliseconds for it to end by itself before it is killed. */
const LAST_WORK = 20_000;

/** Of what it said last, the lines that are told when it ends by itself. */
const LINES_TOLD = 5;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The Flink job in a mini-cluster, in a process of its own: `Host` of aggregation/flink, which is asked a line at a
 * time. It ends with this process, however that ends. Its first answer takes some seconds: make it early.
 */
export class FlinkProcess implements RemoteAggregation {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #said: string[] = [];
  #nextId = 0;
  #stopping = false;
  #ended = false;

  constructor({ java, classPath, heap = 512, log, broken = rethrow }: FlinkProcessOptions) {
    this.#child = spawn(java, argumentsFor(classPath, heap), {
      // A group of its own: Ctrl-C in a terminal is for the cloud, which stops it in good order.
      detached: true,
      env: variables(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { pid, stdin, stdout, stderr } = this.#child;
    const reaper = createReaper();
    if (pid !== undefined) reaper.watch(pid);
    stdin?.on('error', () => {}); // it has ended, which its exit tells
    createInterface({ input: stdout! }).on('line', (line) => this.#settle(JSON.parse(line)));
    createInterface({ input: stderr! }).on('line', (line) => {
      this.#said.push(line);
      if (this.#said.length > LINES_TOLD) this.#said.shift();
      log(`flink: ${line}`);
    });
    this.#exited = new Promise((resolve) => {
      const end = (error: unknown) => {
        if (this.#ended) return;
        this.#ended = true;
        if (pid !== undefined) reaper.forget(pid);
        reaper.close();
        for (const { reject } of this.#waiting.values()) reject(error);
        this.#waiting.clear();
        resolve();
        if (!this.#stopping) broken(error);
      };
      this.#child.once('error', end);
      this.#child.once('close', () => {
        end(new Error(['the Flink process ended, though nobody stopped it', ...this.#said].join('\n')));
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
    this.#stopping = true;
    const late = setTimeout(() => this.#kill(), LAST_WORK);
    try {
      await this.#ask<void>({ call: 'stop' });
    } finally {
      this.#child.stdin?.end(); // at which it ends
      await this.#exited;
      clearTimeout(late);
    }
  }

  #kill(): void {
    this.#child.kill('SIGKILL');
  }

  #ask<T>(call: Without<ThreadCall, 'id'>): Promise<T> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#ended) return reject(new Error('the Flink process has ended'));
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify({ id, ...call })}\n`);
    }) as Promise<T>;
  }

  #settle(answer: { readonly id: number; readonly result?: unknown; readonly error?: SentError }): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error === undefined) waiting?.resolve(answer.result);
    else waiting?.reject(new Error(`flink: ${answer.error.message}`));
  }
}

function argumentsFor(classPath: string, heap: number): string[] {
  return [
    ...['-Xms64m', `-Xmx${heap}m`, '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError'],
    ...['-Djava.awt.headless=true', '-Dfile.encoding=UTF-8', '-Duser.timezone=UTC'],
    `-Dlog4j2.configurationFile=${join(JOB_PROJECT, 'log4j2-local.properties')}`,
    ...['-cp', classPath, 'com.wildrydes.aggregation.local.Host'],
  ];
}

/** Nothing of the shell but what Java needs to find its way: no credentials above all. */
function variables(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'JAVA_HOME', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];
  return Object.fromEntries(
    names.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
  );
}

function rethrow(error: unknown): never {
  throw error;
}
