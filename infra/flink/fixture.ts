import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import type { ThreadOptions } from '../../aggregation/thread.ts';
import { temporaryFolder } from '../../test/kit.ts';
import { FlinkProcess } from './process.ts';

/** A Flink process with a Node in the place of Java, for tests of how it is asked, and of what becomes of its end. */

/** Answers a call at once, as if there were nothing to do. It ends when its input does. */
const HOST = `
const fs = require('node:fs');
const note = (name, text) => fs.appendFileSync(__dirname + '/' + name, text + '\\n');
const lines = (name) => fs.readFileSync(__dirname + '/' + name, 'utf8').trim().split('\\n');
note('pids', process.pid);
const nth = lines('pids').length;
const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
const answer = ({ id, call }) => {
  say({ id, result: call === 'progress' ? { nth } : null });
  if (call === 'stop') process.exit();
};
require('node:readline').createInterface({ input: process.stdin })
  .on('line', (line) => { note('calls', nth + ' ' + line); hear(JSON.parse(line)); })
  .on('close', () => process.exit());
`;

/** For what another process does. */
export const WITHIN = { timeout: 10_000, interval: 10 };

/** What it is started with. */
export const OPTIONS: ThreadOptions = {
  config: { endpoint: 'http://127.0.0.1:9', region: 'us-east-1' },
  streams: { readings: 'readings', summaries: 'summaries', quarantine: 'quarantine' },
  checkpoint: '/nowhere/checkpoint',
};

/**
 * A process that is killed when the test ends, with all that followed it.
 *
 * @param script what it does with a call, as a function `hear`; `nth` is how many were started, `answer` answers it
 */
export function flink(script: string = 'const hear = answer;') {
  const folder = temporaryFolder();
  const java = join(folder, 'java');
  writeFileSync(join(folder, 'host.cjs'), HOST + script);
  writeFileSync(java, `#!/bin/sh\nexec '${process.execPath}' '${join(folder, 'host.cjs')}' "$@"\n`);
  chmodSync(java, 0o755);
  const lines = (name: string) =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n') : [];
  const pids = () => lines('pids').map(Number);
  const log: string[] = [];
  const broken: unknown[] = [];
  const process_ = new FlinkProcess({
    java,
    classPath: '/job/classes:/flink.jar',
    log: (line) => void log.push(line),
    broken: (error) => void broken.push(error),
  });
  onTestFinished(async () => {
    vi.useRealTimers();
    void process_.stop().catch(() => {}); // so that none follows
    for (const pid of pids().filter(isRunning)) process.kill(pid, 'SIGKILL');
    await expect.poll(() => pids().filter(isRunning), WITHIN).toEqual([]);
  });
  return {
    folder,
    process: process_,
    log,
    broken,
    pids,
    /** `1 start`: the number of the process, and what it was asked. */
    calls: () =>
      lines('calls').map((line) => line.replace(/^(\d+) (.*)$/, (_, nth, call) => `${nth} ${nameIn(call)}`)),
    /** What the processes were started with. */
    starts: () =>
      lines('calls')
        .map((line) => JSON.parse(line.slice(line.indexOf(' '))))
        .filter(({ call }) => call === 'start')
        .map(({ options }) => options),
    until: (count: number) => expect.poll(() => pids().length, WITHIN).toBe(count),
    /** Kills the newest as a machine that wants memory does, and waits until that is known. */
    async kill() {
      const [told, noticed] = [log.length, broken.length];
      process.kill(pids().at(-1)!, 'SIGKILL');
      await expect.poll(() => log.length > told || broken.length > noticed, WITHIN).toBe(true);
    },
  };
}

function nameIn(call: string): string {
  return (JSON.parse(call) as { call: string }).call;
}

/** Whether there is such a process. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
