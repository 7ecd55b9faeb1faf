import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { build } from 'esbuild';
import { PROJECT_ROOT } from '../project.ts';

/** For tests that kill a process: a child that runs TypeScript, line by line in touch with the test. */
export interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  /** Lines printed so far. */
  readonly lines: readonly string[];
  /** Settles with the first line, from now or before, that starts with `start`; rejects if the child ends without. */
  line(start: string): Promise<string>;
  /** Settles when another line has been printed; rejects if the child ends without. */
  next(): Promise<void>;
  /** Kills it with SIGKILL, and settles when it is gone. */
  kill(): Promise<void>;
}

/** @param source an ES module; relative imports are seen from `infra/local` */
export async function startChild(source: string): Promise<Child> {
  // Beside the packages, so that those are found.
  const cache = join(PROJECT_ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'wildrydes-child-'));
  const file = join(folder, 'child.mjs');
  await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' },
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  });
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const printed = createInterface({ input: child.stdout });
  let noted = () => {};
  const next = () =>
    new Promise<void>((resolve) => {
      noted = resolve;
    });
  printed.on('line', (line) => {
    lines.push(line);
    noted();
  });
  printed.on('close', () => noted());
  const gone = once(child, 'close').then(() => rmSync(folder, { recursive: true, force: true }));
  child.stdin.on('error', () => {});

  return {
    process: child,
    lines,
    async line(start) {
      for (;;) {
        const found = lines.find((line) => line.startsWith(start));
        if (found !== undefined) return found;
        if (child.stdout.readableEnded) throw new Error(`the child ended without a line ${start}`);
        await next();
      }
    },
    async next() {
      if (child.stdout.readableEnded) throw new Error('the child ended without another line');
      await next();
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
