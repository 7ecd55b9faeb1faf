import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { builtFile } from '../project.ts';

/** Folders by entry: whoever synthesizes several apps, as tests do, bundles each function once. */
const bundled = new Map<string, string>();

/**
 * A function's code as it is deployed: one module with all that it imports, the SDK too, so that what was tested is what
 * runs; and its source map.
 *
 * @param entry as a manifest has it: `processor/store/handler`
 * @returns a folder with `index.mjs`, the same for the same code
 */
export function bundledFunction(entry: string): string {
  const known = bundled.get(entry) ?? bundle(entry);
  bundled.set(entry, known);
  return known;
}

function bundle(entry: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [builtFile(entry)],
    outdir: 'out',
    entryNames: 'index',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    // Packages in CommonJS ask for Node's own modules by require, which a module does not have.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const digest = createHash('sha256');
  for (const { contents } of outputFiles) digest.update(contents);
  const folder = join(tmpdir(), 'wildrydes-functions', digest.digest('hex').slice(0, 32));
  mkdirSync(folder, { recursive: true });
  for (const { path, contents } of outputFiles) {
    writeFileSync(join(folder, path.endsWith('.map') ? 'index.mjs.map' : 'index.mjs'), contents);
  }
  return folder;
}
