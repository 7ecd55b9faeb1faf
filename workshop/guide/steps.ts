import { WildRydesError } from '../../telemetry/errors.ts';
import { quote } from '../../telemetry/excerpt.ts';
import type { Module, Step } from '../module.ts';

/** A step, and the module that it is of. */
export interface Place {
  /** `1.stream` */
  readonly id: string;
  readonly module: Module;
  readonly step: Step;
}

/** All steps, in the order in which they are done. */
export function placesOf(modules: readonly Module[]): Place[] {
  return modules.flatMap((module) =>
    module.steps.map((step) => ({ id: `${module.number}.${step.name}`, module, step })),
  );
}

/** The module of a number. @throws WildRydesError USAGE saying which there are */
export function moduleNumbered(modules: readonly Module[], text: string): Module {
  const module = modules.find(({ number }) => String(number) === text);
  if (module !== undefined) return module;
  throw new WildRydesError(
    'USAGE',
    `there is no module ${quote(text)}: there are ${modules.map(({ number }) => number).join(', ')}`,
    { next: './wildrydes workshop list' },
  );
}

/**
 * The steps that somebody means: `1` all of module 1, `1.stream` one by its name, `1.2` the second one.
 *
 * @throws WildRydesError USAGE saying which there are
 */
export function placesNamed(modules: readonly Module[], text: string): Place[] {
  const [number = '', name, ...more] = text.split('.');
  const module = moduleNumbered(modules, more.length > 0 ? text : number);
  const places = placesOf([module]);
  if (name === undefined) return places;
  const place = places.find(({ step }, index) => step.name === name || String(index + 1) === name);
  if (place !== undefined) return [place];
  throw new WildRydesError(
    'USAGE',
    `module ${module.number} has no step ${quote(name)}: it has ${module.steps.map((step) => step.name).join(', ')}`,
    { next: './wildrydes workshop list' },
  );
}
