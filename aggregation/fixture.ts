import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll } from 'vitest';

/** Builds what runs in the aggregation's thread, so that a test runs what the source says now. */
export async function buildThread(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'aggregation-thread-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'thread-main.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'thread-main.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    // CommonJS among the packages asks for Node's modules.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outfile: file,
    logLevel: 'warning',
  });
  return file;
}
