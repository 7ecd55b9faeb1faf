import { spawnSync } from 'node:child_process';

/** Makes writes of a running process fail, and succeed again, as a disk does that fills up and is given room. */

/** Whether this machine can: prlimit is of util-linux, and macOS has none. */
export const canLimitFiles: boolean = spawnSync('prlimit', ['--version']).status === 0;

/**
 * From now on, what a process writes beyond so many bytes of any file fails with EFBIG; a write across them is cut short
 * there, as on a disk that fills up. Node ignores the signal that comes with it.
 *
 * Source: https://man7.org/linux/man-pages/man2/setrlimit.2.html, RLIMIT_FSIZE
 */
export function limitFiles(pid: number, bytes: number | 'unlimited'): void {
  // The soft limit alone: nobody but root may raise the hard one again.
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`prlimit ended with ${status}: ${stderr}`);
}
