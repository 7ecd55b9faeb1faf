// Bundles what runs: the command line, each function, and what runs in threads and processes of its own.
// Packages stay outside, so that the build takes a fraction of a second and stacks name real files.
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'esbuild';

process.chdir(import.meta.dirname);

const functions = readdirSync('processor', { recursive: true })
  .filter((path) => basename(path) === 'handler.ts')
  .map((path) => `processor/${path}`);

const sandboxes = ['environment', 'process-environment', 'import-hooks'].map(
  (name) => `infra/local/lambda/sandbox/${name}.ts`,
);
const entryPoints = [
  'cli/main.ts',
  'aggregation/thread-main.ts',
  'infra/aws/app.ts',
  ...sandboxes,
  ...functions,
].filter(existsSync);

// Built beside and swapped in, so that a command that starts meanwhile hardly ever sees none, and never half of it.
const fresh = `dist.${process.pid}`;
const old = `${fresh}.old`;
try {
  await build({
    entryPoints,
    outdir: fresh,
    outbase: '.',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  });
  writeFileSync(`${fresh}/.built`, '');
  if (existsSync('dist')) renameSync('dist', old);
  renameSync(fresh, 'dist');
} finally {
  for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
}
