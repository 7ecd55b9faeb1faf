import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { FunctionError } from '../definitions.ts';
import type { ProcessMessage, ProcessSettings } from './protocol.ts';
import type { Reaper } from './reaper.ts';
import { exitError, HEAP_SHARE, type Sandbox, type SandboxEvents } from './sandbox.ts';

export interface ProcessSandboxOptions {
  /** The built process-environment.js. */
  readonly bootstrap: string;
  readonly settings: ProcessSettings;
  /** All that the function's `process.env` holds. */
  readonly variables: Readonly<Record<string, string>>;
  /** MB. */
  readonly memorySize: number;
  /** Ends the process when this one is killed. */
  readonly reaper: Reaper;
}

/** MB beyond a function's memory that its process may hold: Node's own, which differs between machines and builds. */
const MEMORY_ALLOWANCE = 64;

/** Milliseconds between two looks at a process's memory. */
const MEMORY_WATCH = 100;

/** Milliseconds to wait for the rest of the output of a process that is gone, should its own children hold it open. */
const OUTPUT_PATIENCE = 250;

/** Milliseconds to wait for the output that precedes an answer; a function may have closed it. */
const MARK_PATIENCE = 1_000;

/**
 * Starts a child process in a process group of its own, which ends with it. It holds the function as tightly as one
 * user can hold another program of theirs: it cannot take the cloud down by accident, but it is no jail.
 */
export function startProcess(options: ProcessSandboxOptions, events: SandboxEvents): Sandbox {
  const { memorySize, reaper } = options;
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${Math.floor(memorySize * HEAP_SHARE.old)}`,
      `--max-semi-space-size=${Math.max(1, Math.floor(memorySize * HEAP_SHARE.young))}`,
      options.bootstrap,
    ],
    {
      cwd: options.settings.taskRoot,
      env: { ...options.variables },
      detached: true,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  const { pid } = child;
  if (pid !== undefined) reaper.watch(pid);

  const marks = new MarkedOutput(events.output);
  const decoders = [new StringDecoder('utf8'), new StringDecoder('utf8')] as const;
  child.stdout?.on('data', (chunk: Buffer) => marks.push(decoders[0].write(chunk)));
  child.stderr?.on('data', (chunk: Buffer) => events.output(decoders[1].write(chunk)));

  let failure: FunctionError | undefined;
  let peak: number | undefined;
  let gone = false;
  let paused = false;

  const signalGroup = (signal: NodeJS.Signals): void => {
    if (pid === undefined) return;
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, signal);
    } catch {
      // All of the group has ended.
    }
  };

  const look = (): void => {
    peak = memoryOf(pid, 'VmHWM') ?? peak;
    if ((memoryOf(pid, 'VmRSS') ?? 0) <= memorySize + MEMORY_ALLOWANCE) return;
    failure ??= {
      errorType: 'Runtime.OutOfMemory',
      errorMessage: 'Runtime exited with error: signal: killed',
    };
    signalGroup('SIGKILL');
  };
  const watch = setInterval(() => {
    if (!paused) look();
  }, MEMORY_WATCH);
  watch.unref();

  child.on('message', (message: unknown) => {
    const told = message as ProcessMessage;
    if (gone || typeof told !== 'object' || told === null) return;
    if (told.kind === 'uncaught') {
      // It ends by itself now; this is why.
      failure ??= told.error;
      return;
    }
    void marks.reached(told.mark).then(() => {
      if (!gone) events.message(told.message);
    });
  });
  // A process that nothing can be told to any more is of no use.
  child.on('disconnect', () => signalGroup('SIGKILL'));

  const ended = new Promise<void>((resolve) => {
    const finish = (reason: FunctionError): void => {
      if (gone) return;
      gone = true;
      clearInterval(watch);
      if (pid !== undefined) reaper.forget(pid);
      marks.end();
      events.exit(failure ?? reason);
      resolve();
    };
    child.on('error', (error) => {
      if (pid === undefined) finish({ errorType: 'Runtime.ExitError', errorMessage: error.message });
    });
    child.on('exit', (code, signal) => {
      const reason = exitError(signal === null ? (code ? `exit status ${code}` : undefined) : nameOf(signal));
      // What the function itself started goes with it.
      signalGroup('SIGKILL');
      const enough = setTimeout(() => finish(reason), OUTPUT_PATIENCE);
      child.on('close', () => {
        clearTimeout(enough);
        finish(reason);
      });
    });
  });
  post(child, options.settings);

  return {
    send: (invocation) => post(child, invocation),
    async kill() {
      signalGroup('SIGKILL');
      await ended;
    },
    pause() {
      if (paused || process.platform === 'win32') return;
      paused = true;
      signalGroup('SIGSTOP');
    },
    resume() {
      if (!paused) return;
      paused = false;
      signalGroup('SIGCONT');
    },
    memoryUsed() {
      peak = memoryOf(pid, 'VmHWM') ?? peak;
      return peak;
    },
  };
}

/** A channel that is closed means a process about to be reported gone. */
function post(child: ChildProcess, message: object): void {
  if (child.connected) child.send(message, () => {});
}

const SIGNAL_NAMES: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGSEGV: 'segmentation fault',
};

function nameOf(signal: NodeJS.Signals): string {
  return `signal: ${SIGNAL_NAMES[signal] ?? signal}`;
}

/** MB, rounded up, where /proc tells; else undefined. */
function memoryOf(pid: number | undefined, field: 'VmHWM' | 'VmRSS'): number | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined;
  try {
    const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(
      readFileSync(`/proc/${pid}/status`, 'latin1'),
    )?.[1];
    return kilobytes === undefined ? undefined : Math.ceil(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}

/**
 * Output in which the process puts a mark before each message: output and messages come by different ways, and what
 * was written first is to be seen first.
 */
class MarkedOutput {
  readonly #output: (text: string) => void;
  #held = '';
  #ended = false;
  #wanted: { readonly mark: string; readonly reached: () => void } | undefined;
  readonly #seen = new Set<string>();

  constructor(output: (text: string) => void) {
    this.#output = output;
  }

  push(text: string): void {
    this.#held += text;
    for (;;) {
      const start = this.#held.indexOf('\0');
      if (start < 0) break;
      const end = this.#held.indexOf('\0', start + 1);
      if (end < 0 && this.#held.length - start <= MARK_LENGTH) {
        this.#pass(start);
        return;
      }
      const mark = end < 0 ? '' : this.#held.slice(start + 1, end);
      if (MARK.test(mark)) {
        this.#pass(start);
        this.#held = this.#held.slice(mark.length + 2);
        this.#reach(mark);
      } else {
        // The function's own NUL.
        this.#pass(start + 1);
      }
    }
    this.#pass(this.#held.length);
  }

  /** Settles once the mark has come by; null: at once. */
  reached(mark: string | null): Promise<void> {
    if (mark === null || this.#ended || this.#seen.delete(mark)) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, MARK_PATIENCE);
      this.#wanted = {
        mark,
        reached: () => {
          clearTimeout(timer);
          resolve();
        },
      };
    });
  }

  end(): void {
    this.#ended = true;
    this.#pass(this.#held.length);
    this.#wanted?.reached();
  }

  #reach(mark: string): void {
    if (this.#wanted?.mark === mark) this.#wanted.reached();
    else {
      this.#seen.clear();
      this.#seen.add(mark);
    }
  }

  #pass(length: number): void {
    if (length > 0) this.#output(this.#held.slice(0, length));
    this.#held = this.#held.slice(length);
  }
}

const MARK = /^mark-[0-9a-f-]{36}$/;
const MARK_LENGTH = 'mark-'.length + 36 + 2;
