import { join } from 'node:path';
import { defaultStateFolder, INSTALLED, PROJECT_ROOT } from '../../infra/project.ts';
import type { Target } from '../../infra/target.ts';
import type { Module } from '../module.ts';

/** Where the workshop keeps what it needs; the learner's own is beside the kit, never in it. */

/** In the kit's state folder, beside the state of its own cloud. */
export function workshopFolder(state: string = defaultStateFolder()): string {
  return join(state, 'workshop');
}

/** State folder of the workshop's local cloud at a port. */
export function cloudFolder(port: number, folder: string = workshopFolder()): string {
  return join(folder, `cloud-${port}`);
}

/** What the progress at a target is kept in: who changes the target, the region or the prefix begins anew there. */
export function progressFile(target: Target, prefix: string, folder: string = workshopFolder()): string {
  const where =
    target.kind === 'aws'
      ? ['aws', target.profile, target.region].filter((part) => part !== undefined)
      : ['local', String(target.port)];
  const name = [...where, prefix.replace(/-$/, '')].filter((part) => part !== '').join('-');
  // A profile may have any name.
  return join(folder, `progress-${encodeURIComponent(name)}.json`);
}

/** The learner's own code. A kit that was installed as a package has no folder of the user's: then the current one is. */
export function learnersFolder(): string {
  return join(INSTALLED ? process.cwd() : PROJECT_ROOT, 'my-rydes');
}

/** A module's own folder: its text, `starter/` and `solution/`. */
export function folderOf({ folder }: Module): string {
  return join(PROJECT_ROOT, 'workshop/modules', folder);
}
