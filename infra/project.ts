import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LOCAL } from '../telemetry/topology.ts';

/** Folder of package.json: the checkout, or the installed package. The same from source and from dist/. */
export const PROJECT_ROOT: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Was the kit installed as a package? Then it has no launchers, and its folder is not the user's. */
export const INSTALLED: boolean = PROJECT_ROOT.includes(`${sep}node_modules${sep}`);

/**
 * State folder when none is named: in the checkout, whatever the current folder; in the home folder when the kit
 * was installed as a package, where its own folder may be read-only or swept away.
 */
export function defaultStateFolder(): string {
  return join(INSTALLED ? homedir() : PROJECT_ROOT, LOCAL.state);
}

/** A built file, by its path in the source tree without extension: `processor/store/handler`. */
export function builtFile(path: string): string {
  return join(PROJECT_ROOT, 'dist', `${path}.js`);
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`no package.json above ${folder}`);
  return findRoot(parent);
}
