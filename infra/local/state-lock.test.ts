import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startChild } from './child-fixture.ts';
import { lockState } from './state-lock.ts';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'wildrydes-lock-')), 'state');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const lockFile = () => join(folder, 'lock');

/** Puts a lock there as another process would have left it. */
function leave(contents: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(lockFile(), contents);
}

/** The pid of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('lockState', () => {
  it('creates the folder, and keeps a second opener out until it is released', async () => {
    const lock = await lockState(folder);
    await expect(lockState(folder)).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      message: `State folder ${folder} is in use by process ${process.pid}`,
      next: expect.stringContaining('--data DIR'),
    });
    lock.release();
    expect(existsSync(lockFile())).toBe(false);
    (await lockState(folder)).release();
  });

  it('lets one of many in', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => lockState(folder)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each([
    ['a process that has ended', () => JSON.stringify({ pid: deadPid(), started: null })],
    ['an earlier process with our pid', () => JSON.stringify({ pid: process.pid, started: 'long ago' })],
    ['a crash before it was written', () => ''],
    ['something that is no lock', () => '{"pid":"x"}'],
  ])('takes over the lock of %s', async (_who, contents) => {
    if (process.platform === 'win32' && contents().includes('long ago')) return;
    leave(contents());
    const lock = await lockState(folder);
    expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
  });

  it.runIf(process.platform === 'linux')(
    'takes over the lock of a dead process that nobody has buried',
    async () => {
      // The shell becomes a program that never waits for the children of the one before.
      const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 601'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(printed.toString());
      const state = () => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.charAt(0);
      const become = () => readFileSync(`/proc/${parent.pid}/comm`, 'latin1').trim();
      while (become() !== 'sleep') await new Promise((resolve) => setTimeout(resolve, 5));
      process.kill(pid, 'SIGKILL');
      while (state() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 5));
      leave(JSON.stringify({ pid, started: null }));
      (await lockState(folder)).release();
      parent.kill();
    },
  );

  it('respects the lock of a live process whose start is unknown', async () => {
    leave(JSON.stringify({ pid: process.ppid, started: null }));
    await expect(lockState(folder)).rejects.toMatchObject({
      message: expect.stringContaining(`${process.ppid}`),
    });
  });

  it('is free again after kill -9', async () => {
    const holder = await startChild(`
      import { lockState } from './state-lock.ts';
      await lockState(${JSON.stringify(folder)});
      console.log('locked');
      setInterval(() => {}, 1000);
    `);
    await holder.line('locked');
    await expect(lockState(folder)).rejects.toMatchObject({
      message: expect.stringContaining(`process ${holder.process.pid}`),
    });
    await holder.kill();
    (await lockState(folder)).release();
  });

  it('does not remove a lock that is no longer its own', async () => {
    const lock = await lockState(folder);
    leave('of another');
    lock.release();
    expect(readFileSync(lockFile(), 'utf8')).toBe('of another');
  });

  it('says that a folder cannot be written', async () => {
    writeFileSync(join(folder, '..', 'file'), '');
    const inside = join(folder, '..', 'file', 'state');
    await expect(lockState(inside)).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      message: `State folder ${inside} cannot be written (ENOTDIR)`,
      next: expect.stringContaining('--data DIR'),
    });
  });

  it.skipIf(process.platform === 'win32')('says that a folder is read-only', async () => {
    mkdirSync(folder);
    chmodSync(join(folder, '..'), 0o755);
    chmodSync(folder, 0o555);
    const child = await startChild(`
      import { lockState } from './state-lock.ts';
      if (process.getuid() === 0) process.setuid(65534); // root may write anywhere
      await lockState(${JSON.stringify(folder)}).catch((error) => console.log('refused', error.code, error.message));
      setInterval(() => {}, 1000);
    `);
    const refused = await child.line('refused');
    await child.kill();
    expect(refused).toMatch(/^refused STATE_UNUSABLE State folder .* cannot be written \((EACCES|EROFS)\)$/);
  });
});
