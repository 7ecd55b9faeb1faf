import { build } from 'esbuild';
import { strToU8, zipSync } from 'fflate';
import { PROJECT_ROOT } from '../../../infra/project.ts';
import type { FunctionManifest } from '../../../processor/manifest.ts';

/**
 * A function of the kit as a zip for Lambda: one file, `index.mjs`, with everything in it, the SDK as well, and its
 * source map. Its handler is `index.handler`.
 */
export async function bundleFunction({ entry }: Pick<FunctionManifest, 'entry'>): Promise<Uint8Array> {
  const { outputFiles } = await build({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: [`${entry}.ts`],
    outfile: 'index.mjs',
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    sourcemap: true,
    sourcesContent: false,
    // Packages in CommonJS among the dependencies ask for Node's own modules by `require`.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return zipSync(Object.fromEntries(outputFiles.map(({ path, contents }) => [baseName(path), contents])));
}

/** A zip of one module, `index.mjs`. */
export function zipModule(source: string): Uint8Array {
  return zipSync({ 'index.mjs': strToU8(source) });
}

function baseName(path: string): string {
  return path.replace(/^.*[/\\]/, '');
}
