import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { zipSync } from 'fflate';

/** A zip of all files in a folder and below, as it is uploaded to Lambda. */
export function zipped(folder: string): Uint8Array {
  const paths = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());
  const named = paths.map((path) => [relative(folder, path).replaceAll(sep, '/'), readFileSync(path)]);
  return zipSync(Object.fromEntries(named));
}
