import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workshopFolder } from './places.ts';

/**
 * Whether a workshop is under way on this machine: from `workshop start` to `workshop stop`, whether or not its cloud
 * runs just now. Meanwhile nothing else makes a cloud in its place.
 */

const file = (folder: string) => join(folder, 'active.json');

/** @returns the port of its cloud; undefined when none is under way */
export function activePort(folder: string = workshopFolder()): number | undefined {
  try {
    const { port } = JSON.parse(readFileSync(file(folder), 'utf8')) as { port?: unknown };
    return typeof port === 'number' ? port : undefined;
  } catch {
    return undefined;
  }
}

export function beginWorkshop(port: number, folder: string = workshopFolder()): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file(folder), `${JSON.stringify({ port })}\n`);
}

export function endWorkshop(folder: string = workshopFolder()): void {
  rmSync(file(folder), { force: true });
}
