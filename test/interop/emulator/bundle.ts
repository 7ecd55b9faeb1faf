import { strToU8, zipSync } from 'fflate';
import { bundledFunction } from '../../../infra/aws/bundle.ts';
import type { FunctionManifest } from '../../../processor/manifest.ts';
import { zipped } from '../../zipped.ts';

/** A function of the kit as it is deployed, as a zip for Lambda. Its handler is `index.handler`. */
export function bundleFunction({ entry }: Pick<FunctionManifest, 'entry'>): Uint8Array {
  return zipped(bundledFunction(entry));
}

/** A zip of one module, `index.mjs`. */
export function zipModule(source: string): Uint8Array {
  return zipSync({ 'index.mjs': strToU8(source) });
}
