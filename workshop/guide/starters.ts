import { cpSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { extname, join } from 'node:path';
import { WildRydesError } from '../../telemetry/errors.ts';
import type { Module } from '../module.ts';
import { folderOf } from './places.ts';
import type { Place } from './steps.ts';

/**
 * Copies the starter code of modules to where the learner works on it. A file that is there is the learner's, and left
 * as it is.
 *
 * @param learners the folder `my-rydes`
 * @returns paths of what was copied
 */
export function copyStarters(modules: readonly Module[], learners: string): string[] {
  const copied: string[] = [];
  for (const module of modules) {
    const from = join(folderOf(module), 'starter');
    if (!existsSync(from)) continue;
    const to = join(learners, module.folder);
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) {
      const path = join(to, name);
      if (existsSync(path)) continue;
      cpSync(join(from, name), path, { recursive: true });
      copied.push(path);
    }
  }
  return copied;
}

/** Paths of the files that hold a step's answer. */
export function solutionFiles({ module, step }: Place): string[] {
  return (step.files ?? []).map((name) => join(folderOf(module), 'solution', name));
}

/**
 * Puts a step's answer where the learner's own is, which is kept beside it (`processor.mine.ts`).
 *
 * @returns what was written, and where the learner's own is now if there was any
 */
export function writeSolution(
  place: Place,
  learners: string,
): { readonly path: string; readonly kept: string | undefined }[] {
  const to = join(learners, place.module.folder);
  mkdirSync(to, { recursive: true });
  return (place.step.files ?? []).map((name) => {
    const path = join(to, name);
    const kept = existsSync(path) ? freeName(path) : undefined;
    if (kept !== undefined) renameSync(path, kept);
    cpSync(join(folderOf(place.module), 'solution', name), path);
    return { path, kept };
  });
}

/** Names that the learner's own may be kept under before it is time to clear up. */
const MOST_KEPT = 100;

function freeName(path: string): string {
  const ending = extname(path);
  const base = path.slice(0, path.length - ending.length);
  for (let number = 1; number <= MOST_KEPT; number++) {
    const name = `${base}.mine${number === 1 ? '' : number}${ending}`;
    if (!existsSync(name)) return name;
  }
  throw new WildRydesError('STATE_UNUSABLE', `there are ${MOST_KEPT} copies of ${path} already`, {
    next: 'Delete some of them.',
  });
}
