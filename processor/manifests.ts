import { manifest as alert } from './alert/manifest.ts';
import { manifest as files } from './files/manifest.ts';
import type { FunctionManifest } from './manifest.ts';
import { manifest as store } from './store/manifest.ts';

/** Every function of the kit, each deployed from its manifest wherever its part runs. */
export const MANIFESTS: readonly FunctionManifest[] = [store, alert, files];
