import type { Module } from '../module.ts';
import type { Workbench } from '../workbench.ts';
import type { Progress } from './progress.ts';
import { placesOf } from './steps.ts';

/**
 * Installs the reference result of every module before one, for whoever comes late.
 *
 * @param installing told of each module before it is installed
 */
export async function catchUp(
  modules: readonly Module[],
  before: Module,
  at: Workbench,
  progress: Progress,
  installing: (module: Module) => void,
): Promise<void> {
  for (const module of modules) {
    if (module.number >= before.number) return;
    installing(module);
    await module.install(at);
    for (const { id, step } of placesOf([module])) if (!step.extra) progress.catchUp(id, at.clock.now());
  }
}

/** Deletes what modules have made, the latest first, and forgets that they were done. */
export async function startOver(
  modules: readonly Module[],
  at: Workbench,
  progress: Progress,
  removing: (module: Module) => void,
): Promise<void> {
  for (const module of [...modules].reverse()) {
    removing(module);
    await module.remove(at);
    progress.forget(placesOf([module]).map(({ id }) => id));
  }
}
