import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the files of a throwaway cloud. */
export interface TemporaryFolder {
  readonly path: string;
  /** Removes it with all that it holds. */
  remove(): void;
}

const PREFIX = 'wildrydes-cloud-';

/**
 * Makes a folder that goes with this process: removed by `remove`, and at the latest when the process exits by itself.
 * What a killed process left behind is removed when the next one is made.
 *
 * @param parent where; default the system's folder for temporary files
 */
export function temporaryFolder(parent: string = tmpdir()): TemporaryFolder {
  sweep(parent);
  const path = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  const remove = () => {
    process.off('exit', remove);
    rmSync(path, { recursive: true, force: true });
  };
  process.on('exit', remove);
  return { path, remove };
}

/** The folder that a service was given, which is kept; or, given null, a temporary one. */
export function folderOrTemporary(folder: string | null): TemporaryFolder {
  return folder === null ? temporaryFolder() : { path: folder, remove: () => {} };
}

/** The folder's name tells whose it is; a folder of another user's that cannot be removed stays. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // not ours to remove
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
