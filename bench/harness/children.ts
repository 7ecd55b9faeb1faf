import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds that a server may take to come up, and a process to go. */
const START = 30_000;
const STOP = 10_000;

/** A process that serves an endpoint. */
export interface Server {
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A process that does what it is asked, one task at a time. */
export interface Load {
  readonly pid: number;
  /** @param timeout milliseconds after which the process is ended and the task rejects; default two minutes */
  ask<Answer>(task: string, body: unknown, timeout?: number): Promise<Answer>;
  stop(): Promise<void>;
}

/** A run of the command line, its output line by line as it comes. */
export interface Run {
  readonly pid: number;
  readonly lines: AsyncIterable<string>;
  /** Resolves to the exit status once it has ended. */
  readonly ended: Promise<number>;
  /** As Ctrl-C. */
  interrupt(): void;
  /** What it said on standard error, the last of it. */
  complaints(): string;
}

/** Every process that the bench starts. None outlives it, and each is ended by its own id. */
export class Children {
  readonly #running = new Set<ChildProcess>();
  /** The end of what each said on standard error. */
  readonly #complaints = new WeakMap<ChildProcess, string>();
  readonly root: string;
  readonly #scripts: string;
  readonly #cli: string;
  /** False where a process cannot be held to one core. */
  readonly canPin = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

  /**
   * @param scripts folder of the bundled `peers/` and `loads/`
   * @param root folder of the built kit
   */
  constructor(scripts: string, root: string) {
    this.root = root;
    this.#scripts = scripts;
    this.#cli = join(root, 'dist/cli/main.js');
    process.once('exit', () => {
      for (const child of this.#running) child.kill('SIGKILL');
    });
  }

  /** Starts `peers/NAME.ts`, which tells its endpoint once it listens. */
  async peer(name: string, settings: Record<string, string> = {}): Promise<Server> {
    const child = this.#fork(`peers/${name}`, settings, undefined);
    const { endpoint } = (await this.#message(child, START)) as { endpoint: string };
    return { endpoint, pid: child.pid!, stop: () => this.#end(child) };
  }

  /** Starts `loads/NAME.ts`, on one core if asked to and possible. */
  load(name: string, { oneCore = false } = {}): Load {
    const child = this.#fork(`loads/${name}`, {}, oneCore && this.canPin ? 1 : undefined);
    return {
      pid: child.pid!,
      ask: async <Answer>(task: string, body: unknown, timeout = 120_000) => {
        child.send({ task, body });
        const answer = (await this.#message(child, timeout)) as { ok: Answer } | { error: string };
        if ('error' in answer) throw new Error(`${name} ${task}: ${answer.error}`);
        return answer.ok;
      },
      stop: () => this.#end(child),
    };
  }

  /** Starts the kit's own local cloud as a person does, on a free port, keeping nothing. */
  async cloud({ empty = true } = {}): Promise<Server> {
    const port = await freePort();
    const args = ['start', '--ephemeral', '--port', String(port), ...(empty ? ['--empty'] : [])];
    const run = this.run(process.execPath, [this.#cli, ...args]);
    const up = (async () => {
      for await (const line of run.lines) if (line.includes(`http://127.0.0.1:${port}`)) return;
      throw new Error(`the local cloud did not start: ${run.complaints()}`);
    })();
    await within(START, up, 'the local cloud');
    return {
      endpoint: `http://127.0.0.1:${port}`,
      pid: run.pid,
      stop: async () => {
        run.interrupt();
        await run.ended;
      },
    };
  }

  /** Runs `wildrydes` from its built file. */
  wildrydes(args: readonly string[]): Run {
    return this.run(process.execPath, [this.#cli, ...args]);
  }

  run(command: string, args: readonly string[]): Run {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment() });
    this.#keep(child);
    const lines = createInterface({ input: child.stdout });
    const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)));
    return {
      pid: child.pid!,
      lines,
      ended,
      interrupt: () => child.kill('SIGINT'),
      complaints: () => this.#complaints.get(child) ?? '',
    };
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.#end(child)));
  }

  #fork(script: string, settings: Record<string, string>, core: number | undefined): ChildProcess {
    const file = join(this.#scripts, `${script}.js`);
    const env = { ...environment(), ...settings };
    const stdio = ['ignore', 'ignore', 'pipe', 'ipc'] as ('ignore' | 'pipe' | 'ipc')[];
    const child =
      core === undefined
        ? fork(file, { stdio, env })
        : spawn('taskset', ['-c', String(core), process.execPath, file], { stdio, env });
    this.#keep(child);
    return child;
  }

  #keep(child: ChildProcess): void {
    this.#running.add(child);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints.set(child, ((this.#complaints.get(child) ?? '') + text).slice(-2_000));
    });
    child.once('exit', () => this.#running.delete(child));
  }

  /** The next message of a child; its end, or too long a silence, is an error. */
  async #message(child: ChildProcess, timeout: number): Promise<unknown> {
    const done = new AbortController();
    const { signal } = done;
    try {
      return await Promise.race([
        once(child, 'message', { signal }).then(([message]) => message as unknown),
        once(child, 'exit', { signal }).then(([code]) => {
          throw new Error(
            `${child.spawnargs.join(' ')} ended with ${code}\n${this.#complaints.get(child) ?? ''}`,
          );
        }),
        setTimeout(timeout, undefined, { signal }).then(() => {
          child.kill('SIGKILL');
          throw new Error(`${child.spawnargs.join(' ')} took more than ${timeout} ms`);
        }),
      ]);
    } finally {
      done.abort();
    }
  }

  async #end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const giveUp = new AbortController();
    const force = setTimeout(STOP, undefined, { signal: giveUp.signal }).then(
      () => child.kill('SIGKILL'),
      () => {},
    );
    await exited;
    giveUp.abort();
    await force;
  }
}

/** The shell's environment without anything that leads to AWS. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|WILDRYDES_|NODE_OPTIONS$)/.test(name));
  return { ...Object.fromEntries(kept), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Bytes of memory that a process has in use now, and the most that it had; the same figure where only one is to be had. */
export function residentBytes(pid: number): { readonly now: number; readonly peak: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
    return { now: field('VmRSS'), peak: field('VmHWM') };
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
    const now = Number(stdout.trim() || Number.NaN) * 1024;
    return { now, peak: now };
  }
}

/** Rejects when something takes longer than so many milliseconds. */
export async function within<T>(timeout: number, promise: Promise<T>, what: string): Promise<T> {
  const done = new AbortController();
  const late = setTimeout(timeout, undefined, { signal: done.signal }).then(
    () => {
      throw new Error(`${what} took more than ${timeout} ms`);
    },
    () => promise,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    done.abort();
  }
}
