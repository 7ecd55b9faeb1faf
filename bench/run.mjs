// `npm run bench`: installs the peers on first use, builds the kit and the bench, and runs it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const root = join(here, '..');

const installed = join(here, 'node_modules/.package-lock.json');
const lock = join(here, 'package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  process.stderr.write('bench: first use: installing what the kit is compared with (about 60 MB)\n');
  // Their installation scripts compile what comes prebuilt anyway.
  run('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], here);
}
run(process.execPath, ['build.mjs'], root);

rmSync(join(here, 'dist'), { recursive: true, force: true });
const scripts = ['loads', 'peers'].flatMap((folder) =>
  readdirSync(join(here, folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(here, folder, file)),
);
await build({
  entryPoints: [join(here, 'main.ts'), ...scripts],
  outdir: join(here, 'dist'),
  outbase: here,
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
});
await import('./dist/main.js');

/** What it prints is for people: standard output is for the results. */
function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    process.stderr.write(`bench: ${command} ${args.join(' ')} failed\n`);
    process.exit(1);
  }
}
