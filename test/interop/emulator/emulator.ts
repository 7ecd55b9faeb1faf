import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createReaper } from '../../../infra/local/lambda/sandbox/reaper.ts';
import { freePort } from '../../kit.ts';
import { MINISTACK, pythonEnvironment } from '../python.ts';

/** An AWS that runs on this machine, with nothing in it. */
export interface Emulator {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly port: number;
  /** Of the server, which leads the group of all that it starts. */
  readonly pid: number;
  /** Everything that it has written to its log so far. */
  log(): string;
  /** Kills it and all that it started, and removes its folder. Once is enough, more do no harm. */
  close(): Promise<void>;
}

export interface EmulatorOptions {
  /** Milliseconds for its first answer; default 60,000. It takes about 500 on two cores. */
  readonly patience?: number;
  /**
   * Whether signatures and policies are checked, so that a function may do what its role allows and nothing else.
   * Default false: with it, Kinesis refuses the signature of whoever speaks HTTP/2, as the SDK in a function does.
   */
  readonly enforced?: boolean;
  /** The program to run; default: ministack of PyPI, installed on first use. */
  readonly program?: string;
}

/** Milliseconds between two looks whether it answers. */
const LOOK = 50;

/** Milliseconds that one look may take: a server that accepts and is silent is asked again. */
const ANSWER = 2_000;

/**
 * Starts the emulator on a free port of 127.0.0.1. It needs neither Docker nor the internet, keeps everything in a
 * temporary folder, and ends with this process, however that ends.
 *
 * @returns when it answers
 * @throws Error with its log, when it ends or is silent for longer than the patience
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const program = options.program ?? join(pythonEnvironment(MINISTACK), 'ministack');
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'wildrydes-emulator-'));
  // A group of its own: its workers are children of the server, and a signal to the group reaches them all.
  const child = spawn(program, [], {
    cwd: folder,
    detached: true,
    env: variables(folder, port, options.enforced ?? false),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => void log.push(text));
  }
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  failed.catch(() => {}); // a start that fails is heard below; later errors end up in the log of whoever asks it
  const reaper = createReaper();
  if (child.pid !== undefined) reaper.watch(child.pid);

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      await endGroup(child);
      if (child.pid !== undefined) reaper.forget(child.pid);
      reaper.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    })();
    return closing;
  };

  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([failed, untilItAnswers(child, endpoint, options.patience ?? 60_000)]);
  } catch (error) {
    await close();
    throw new Error(`the emulator did not start: ${(error as Error).message}\n${log.join('')}`, {
      cause: error,
    });
  }
  return { endpoint, port, pid: child.pid!, log: () => log.join(''), close };
}

/**
 * Nothing of the shell but what Python and Node are found by. Its functions inherit all of this, so that credentials of
 * the shell must not be among it.
 */
function variables(folder: string, port: number, enforced: boolean): NodeJS.ProcessEnv {
  return {
    // Functions run on the `node` of this test, whatever else is installed.
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    LANG: 'C.UTF-8',
    HOME: folder,
    TMPDIR: folder,
    // By default it listens on every address of the machine.
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    // What it puts into URLs that it hands out, such as the one that a custom resource answers to.
    MINISTACK_HOST: '127.0.0.1',
    STATE_DIR: join(folder, 'state'),
    S3_DATA_DIR: join(folder, 's3'),
    // It looks for containers of former runs, and would remove them.
    DOCKER_HOST: `unix://${join(folder, 'no-docker')}`,
    LAMBDA_EXECUTOR: 'local',
    // The access key `test` may do anything all the same.
    AUTH: String(enforced),
  };
}

async function untilItAnswers(child: ChildProcess, endpoint: string, patience: number): Promise<void> {
  const deadline = Date.now() + patience;
  while (child.exitCode === null && child.signalCode === null) {
    if (await answers(endpoint)) return;
    if (Date.now() > deadline) throw new Error(`no answer from ${endpoint} within ${patience} ms`);
    await setTimeout(LOOK);
  }
  throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    const answer = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(ANSWER) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

/** It has nothing to keep, so nothing is asked: all of the group at once. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // None of the group is left.
  }
  await ended;
}
