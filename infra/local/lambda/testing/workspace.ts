import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Bootstraps } from '../sandbox/environments.ts';

/** A folder for one test file, with the sandboxes' sides built into it, so that tests run what the source says now. */
export interface Workspace {
  readonly folder: string;
  readonly bootstrap: Bootstraps;
  /** Writes a function's module and returns its path. */
  handler(name: string, source: string): string;
  /** An empty folder of its own. */
  empty(): string;
  remove(): void;
}

export async function createWorkspace(): Promise<Workspace> {
  const folder = mkdtempSync(join(tmpdir(), 'wildrydes-lambda-'));
  const built = join(folder, 'built');
  await build({
    entryPoints: ['environment', 'process-environment', 'import-hooks'].map((name) =>
      join(import.meta.dirname, '../sandbox', `${name}.ts`),
    ),
    bundle: true,
    format: 'esm',
    platform: 'node',
    outdir: built,
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
  });
  return {
    folder,
    bootstrap: {
      thread: join(built, 'environment.mjs'),
      process: join(built, 'process-environment.mjs'),
      hooks: join(built, 'import-hooks.mjs'),
    },
    handler(name, source) {
      const file = join(folder, `${name}.mjs`);
      writeFileSync(file, source);
      return file;
    },
    empty: () => mkdtempSync(join(folder, 'empty-')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Waits until something holds, 20 seconds at most. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited 20 s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A random source that repeats itself: enough for identifiers. */
export function sequence(): () => number {
  let state = 0;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
