import { existsSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import { WildRydesError } from '../telemetry/errors.ts';
import { quote } from '../telemetry/excerpt.ts';

/** A function's code, ready to be uploaded. */
export interface Packed {
  /** A zip with one file in it. */
  readonly zip: Uint8Array;
  /** What to name as the function's handler: `processor.handler`. */
  readonly handler: string;
  /** The file in the zip: `processor.mjs`. */
  readonly file: string;
}

/** Sources that are bundled, and what becomes of them: Node decides by the ending what a file is. */
const KINDS: Readonly<Record<string, { readonly format: 'esm' | 'cjs'; readonly ending: string }>> = {
  '.ts': { format: 'esm', ending: '.mjs' },
  '.mts': { format: 'esm', ending: '.mjs' },
  '.mjs': { format: 'esm', ending: '.mjs' },
  '.js': { format: 'cjs', ending: '.js' },
  '.cjs': { format: 'cjs', ending: '.js' },
};

/** 1 January 1980, the earliest that a zip can say: the same code makes the same zip, at any time. */
const MODIFIED = '1980-01-01T00:00:00';

/**
 * Makes a zip for Lambda out of a file and all that it imports; the AWS SDK is left out, since Lambda's Node.js has it.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-package.html
 *
 * @param source a path: TypeScript (.ts), a module (.mjs) or CommonJS (.js)
 * @throws WildRydesError NOT_FOUND when there is no such file; USAGE when it is none of these, or does not compile: with
 *   the compiler's own words
 */
export async function pack(source: string): Promise<Packed> {
  const kind = KINDS[extname(source)];
  if (kind === undefined) {
    throw new WildRydesError(
      'USAGE',
      `what is packed must be a file that ends with ${Object.keys(KINDS).join(', ')} (given ${quote(source)})`,
    );
  }
  if (!existsSync(source)) throw new WildRydesError('NOT_FOUND', `there is no file ${quote(source)}`);
  const name = basename(source, extname(source));
  const file = `${name}${kind.ending}`;
  return {
    zip: zipSync({ [file]: [await bundled(source, kind.format), { mtime: MODIFIED }] }),
    handler: `${name}.handler`,
    file,
  };
}

async function bundled(source: string, format: 'esm' | 'cjs'): Promise<Uint8Array> {
  try {
    const { outputFiles } = await build({
      entryPoints: [source],
      bundle: true,
      write: false,
      format,
      platform: 'node',
      target: 'node20',
      external: ['@aws-sdk/*', '@smithy/*'],
      // The learner reads stack traces of it.
      sourcemap: 'inline',
      logLevel: 'silent',
    });
    return outputFiles[0]?.contents ?? new Uint8Array();
  } catch (error) {
    throw new WildRydesError('USAGE', `it does not compile: ${(error as Error).message}`, {
      next: 'Mend what the compiler says, then pack it again.',
      cause: error,
    });
  }
}
