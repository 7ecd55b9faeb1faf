import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { type Emulator, startEmulator } from './emulator.ts';

/** Started, and ended with the test. */
async function started(): Promise<Emulator> {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  return emulator;
}

/** Whether anything accepts a connection there. */
function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (taken: boolean) => {
      socket.destroy();
      resolve(taken);
    };
    socket.setTimeout(2_000, () => answer(false));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

/** Processes of a group, by their ids. */
function inGroup(group: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => groupOf(pid) === group)
    .map(Number);
}

function groupOf(pid: string): number | undefined {
  try {
    // Fields 3 to 5 after the name in parentheses: state, parent, group.
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[2],
    );
  } catch {
    return undefined; // it ended meanwhile
  }
}

test('answers at 127.0.0.1, and at no other address of the machine', async () => {
  const { port } = await started();
  expect(await accepts('127.0.0.1', port)).toBe(true);
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address }) => address !== '127.0.0.1' && !address.startsWith('fe80'))
    .map(({ address }) => address);
  for (const address of [...others, '127.0.0.2', '::1']) {
    expect({ address, reached: await accepts(address, port) }).toEqual({ address, reached: false });
  }
});

test('leaves no process, no port and no folder', async () => {
  const emulator = await started();
  const folder = readFileSync(`/proc/${emulator.pid}/environ`, 'utf8').match(/(?:^|\0)TMPDIR=([^\0]+)/)![1]!;
  expect(existsSync(folder)).toBe(true);
  expect(inGroup(emulator.pid)).toContain(emulator.pid);
  await emulator.close();
  await emulator.close();
  await expect.poll(() => inGroup(emulator.pid)).toEqual([]);
  expect(await accepts('127.0.0.1', emulator.port)).toBe(false);
  expect(existsSync(folder)).toBe(false);
});

test('says why it does not start', async () => {
  await expect(startEmulator({ program: '/bin/false' })).rejects.toThrow(/ended with 1/);
  await expect(startEmulator({ program: '/nowhere/ministack' })).rejects.toThrow(/ENOENT/);
});
