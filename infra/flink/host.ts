import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SentError, ThreadCall, Without } from '../../aggregation/thread.ts';
import { createReaper } from '../local/lambda/sandbox/reaper.ts';
import { JOB_PROJECT } from './job.ts';

export interface HostOptions {
  /** The program `java`. */
  readonly java: string;
  /** The job and Flink: see `builtJob`. */
  readonly classPath: string;
  /** MB of heap at most; default 512. */
  readonly heap?: number;
  /** Takes what it says beside its answers, a line at a time. */
  readonly log: (line: string) => void;
  /** Told when it has ended, for whatever reason. */
  readonly ended: (error: Error) => void;
}

/** Of what it said last, the lines that are told when it ends by itself. */
const LINES_TOLD = 5;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: SentError;
}

/** A process of `Host`, of aggregation/flink, which is asked a line at a time. It ends with this one, however that ends. */
export class HostProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #said: string[] = [];
  #nextId = 0;
  #ended = false;

  constructor({ java, classPath, heap = 512, log, ended }: HostOptions) {
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
    const hear = (line: string) => {
      this.#said.push(line);
      if (this.#said.length > LINES_TOLD) this.#said.shift();
      log(`flink: ${line}`);
    };
    createInterface({ input: stdout! }).on('line', (line) => {
      const answer = answerIn(line);
      if (answer === undefined) hear(line);
      else this.#settle(answer);
    });
    createInterface({ input: stderr! }).on('line', hear);
    this.#exited = new Promise((resolve) => {
      const end = (error: Error) => {
        if (this.#ended) return;
        this.#ended = true;
        if (pid !== undefined) reaper.forget(pid);
        reaper.close();
        for (const { reject } of this.#waiting.values()) reject(error);
        this.#waiting.clear();
        resolve();
        ended(error);
      };
      this.#child.once('error', end);
      this.#child.once('close', () => {
        end(new Error(['the Flink process ended, though nobody stopped it', ...this.#said].join('\n')));
      });
    });
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Rejects when it ends before it has answered. */
  ask<T>(call: Without<ThreadCall, 'id'>): Promise<T> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#ended) return reject(new Error('the Flink process has ended'));
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify({ id, ...call })}\n`);
    }) as Promise<T>;
  }

  /** Ends it at once, and resolves when it has. What its last checkpoint holds is enough to go on from. */
  kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    return this.#exited;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error === undefined) waiting?.resolve(answer.result);
    else waiting?.reject(new Error(`flink: ${answer.error.message}`));
  }
}

/** Undefined for a line of Java's own, which says on standard output, too, that its memory has run out. */
function answerIn(line: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(line);
    return typeof answer === 'object' && answer !== null && 'id' in answer ? (answer as Answer) : undefined;
  } catch {
    return undefined;
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
