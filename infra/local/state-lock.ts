import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WildRydesError } from '../../telemetry/errors.ts';

/** A state folder that this process alone has open. */
export interface StateLock {
  release(): void;
}

/** Contents of the lock file, as JSON. */
interface Holder {
  readonly pid: number;
  /** When that process started, in the system's own words: tells it from a later one with the same pid. */
  readonly started: string | null;
}

const LOCK_FILE = 'lock';

/** Between the creation of a lock file and its contents lie microseconds; one that stays empty was left by a crash. */
const READS = { most: 20, every: 10 } as const;

/**
 * Opens a state folder for this process alone, and creates it if it is missing. A lock left by a process that no
 * longer runs is taken over.
 *
 * @throws WildRydesError STATE_UNUSABLE when another process has the folder open, or when it cannot be written
 */
export async function lockState(folder: string): Promise<StateLock> {
  const path = join(folder, LOCK_FILE);
  const own = JSON.stringify({ pid: process.pid, started: look(process.pid).started } satisfies Holder);
  try {
    mkdirSync(folder, { recursive: true });
    for (let attempt = 1; !create(path, own); attempt++) {
      const text = await readHolder(path);
      if (text === undefined) continue;
      const holder = parseHolder(text);
      if (attempt > 5 || (holder !== undefined && runs(holder))) throw inUse(folder, path, holder);
      setAside(path, text);
    }
  } catch (error) {
    throw error instanceof WildRydesError ? error : unusable(folder, error);
  }
  return {
    release() {
      if (readIfThere(path) === own) rmSync(path, { force: true });
    },
  };
}

/** @returns false if the file exists */
function create(path: string, contents: string): boolean {
  try {
    writeFileSync(path, contents, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The lock's contents; '' if it stays empty, undefined if it is gone. */
async function readHolder(path: string): Promise<string | undefined> {
  for (let reads = 1; ; reads++) {
    const text = readIfThere(path);
    if (text !== '' || reads === READS.most) return text;
    await sleep(READS.every);
  }
}

/**
 * Removes a dead process's lock. Another process may have done so and locked the folder since it was read; then
 * that lock is put back.
 */
function setAside(path: string, expected: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = readIfThere(aside);
  if (moved !== undefined && moved !== expected) create(path, moved);
  rmSync(aside, { force: true });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(text) as Partial<Holder>;
    if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0) return undefined;
    return { pid, started: typeof started === 'string' ? started : null };
  } catch {
    return undefined;
  }
}

function runs({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  const { ended, started: actual } = look(pid);
  return !ended && (started === null || actual === null || actual === started);
}

/** What the system says of a pid. */
interface Sighting {
  /** True for a process that has ended but whose parent has not noticed: it still has its pid. */
  readonly ended: boolean;
  /** When it started, exactly as the system says it; null where it does not. */
  readonly started: string | null;
}

const UNKNOWN: Sighting = { ended: false, started: null };

function look(pid: number): Sighting {
  if (process.platform === 'win32') return UNKNOWN;
  return process.platform === 'linux' ? lookOnLinux(pid) : lookByPs(pid);
}

/** Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, fields 3, state, and 22, starttime in ticks since boot. */
function lookOnLinux(pid: number): Sighting {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    // Field 2 is the program's name in parentheses, and may itself hold spaces and parentheses.
    const fromThird = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { ended: /^[ZX]/i.test(fromThird[0] ?? ''), started: `${boot} ${fromThird[19]}` };
  } catch {
    return UNKNOWN;
  }
}

function lookByPs(pid: number): Sighting {
  const asked = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
    encoding: 'utf8',
  });
  const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/.exec(asked.stdout ?? '') ?? [];
  return state === undefined || started === undefined ? UNKNOWN : { ended: state.startsWith('Z'), started };
}

function inUse(folder: string, path: string, holder: Holder | undefined): WildRydesError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid}`;
  return new WildRydesError('STATE_UNUSABLE', `State folder ${folder} is in use by ${who}`, {
    next: `Stop that process (./wildrydes stop), or choose another folder: --data DIR. If it is no local cloud, remove ${path}.`,
  });
}

function unusable(folder: string, cause: unknown): WildRydesError {
  const why = codeOf(cause) || (cause instanceof Error ? cause.message : String(cause));
  return new WildRydesError('STATE_UNUSABLE', `State folder ${folder} cannot be written (${why})`, {
    next: 'Choose another folder with --data DIR, or keep nothing with --ephemeral.',
    cause,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
