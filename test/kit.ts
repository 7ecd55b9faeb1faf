import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { PROJECT_ROOT } from '../infra/project.ts';

/** Runs the kit as a person would, from a test; everything is gone when the test is. */

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<Finished>;
  /** What it has written to standard error so far. */
  stderr(): string;
  /**
   * Resolves at the standard-output line that the predicate accepts, the first one or the `nth`; rejects when the
   * command ends before.
   */
  line(accepts: (line: string) => boolean, nth?: number): Promise<string>;
}

/** Starts `wildrydes` with these arguments, from the built command line; it is killed when the test ends. */
export function wildrydes(args: readonly string[], env: Record<string, string | undefined> = {}): Running {
  return command(process.execPath, [MAIN, ...args], { ...env });
}

/** The same for what outlives a test: whoever launches it kills it. */
export function launch(args: readonly string[], env: Record<string, string | undefined> = {}): Running {
  return run(process.execPath, [MAIN, ...args], env, tmpdir());
}

/** The built command line. */
export const MAIN: string = join(PROJECT_ROOT, 'dist/cli/main.js');

/** Starts any command; it is killed when the test ends. */
export function command(
  program: string,
  args: readonly string[],
  env: Record<string, string | undefined> = {},
  cwd: string = tmpdir(),
): Running {
  const running = run(program, args, env, cwd);
  onTestFinished(() => void running.child.kill('SIGKILL'));
  return running;
}

function run(
  program: string,
  args: readonly string[],
  env: Record<string, string | undefined>,
  cwd: string,
): Running {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|WILDRYDES_|FORCE_COLOR)/.test(name)),
  );
  const child = spawn(program, [...args], { cwd, env: { ...inherited, ...env } as NodeJS.ProcessEnv });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ status, stdout, stderr });
      for (const watch of watchers) watch();
    });
  });
  const line = (accepts: (line: string) => boolean, nth = 1) =>
    new Promise<string>((resolve, reject) => {
      const watch = () => {
        const found = stdout.split('\n').slice(0, -1).filter(accepts)[nth - 1];
        if (found !== undefined) resolve(found);
        else if (child.exitCode !== null || child.signalCode !== null)
          reject(new Error(`ended with ${child.exitCode ?? child.signalCode}: ${stdout}${stderr}`));
        else return;
        watchers.delete(watch);
      };
      watchers.add(watch);
      watch();
    });
  return { child, finished, stderr: () => stderr, line };
}

/** The events of `--output json`, of one kind. */
export function events<T = Record<string, unknown>>(stdout: string, kind: string): T[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { event: string })
    .filter(({ event }) => event === kind) as T[];
}

/** A temporary folder, removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wildrydes-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Bytes that a process has had in memory at its peak; undefined where the system does not tell. */
export function peakOf(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  } catch {
    return undefined;
  }
}
