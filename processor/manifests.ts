import { manifest as alert } from './alert/manifest.ts';
import { manifest as archive } from './archive/manifest.ts';
import { manifest as files } from './files/manifest.ts';
import { manifest as log } from './log/manifest.ts';
import type { FunctionManifest } from './manifest.ts';
import { manifest as logIndexer } from './search/logs/manifest.ts';
// biome-ignore lint/style/noRestrictedImports: a folder here that has the name of a stage
import { manifest as streamIndexer } from './search/stream/manifest.ts';
import { manifest as tableIndexer } from './search/table/manifest.ts';
import { manifest as store } from './store/manifest.ts';

/** Every function of the kit, each deployed from its manifest wherever its part runs. */
export const MANIFESTS: readonly FunctionManifest[] = [
  store,
  alert,
  archive,
  files,
  streamIndexer,
  tableIndexer,
  logIndexer,
  log,
];
