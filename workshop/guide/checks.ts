import type { Finding } from '../finding.ts';
import type { Workbench } from '../workbench.ts';
import type { Progress } from './progress.ts';
import { runCheck } from './run-check.ts';
import type { Place } from './steps.ts';

/** What a look at a step came to. */
export interface Looked {
  readonly place: Place;
  readonly finding: Finding;
}

/** Looks at a step, and keeps what it came to. */
export async function look(place: Place, at: Workbench, progress: Progress): Promise<Looked> {
  const finding = await (blockedBy(place, progress) ?? runCheck(place.step, at));
  if (finding.verdict === 'passed') progress.pass(place.id, at.clock.now());
  else if (finding.verdict === 'wrong' && !place.step.fleeting) progress.fail(place.id);
  return { place, finding };
}

/** A step that shows nothing before others have passed is not looked at. */
function blockedBy({ module, step }: Place, progress: Progress): Promise<Finding> | undefined {
  const missing = step.after?.map((name) => `${module.number}.${name}`).find((id) => !progress.isDone(id));
  if (missing === undefined) return undefined;
  return Promise.resolve({
    verdict: 'not yet',
    looked: 'your progress',
    found: `${missing} has not passed`,
    expected: 'it has passed before',
    next: `./wildrydes workshop check ${missing}`,
  });
}

/**
 * Looks at steps one after the other, up to the first that is not done.
 *
 * @param again true: also at those that have passed, of which the fleeting ones are left as they are; and at all of them
 */
export async function* lookAt(
  places: readonly Place[],
  at: Workbench,
  progress: Progress,
  again: boolean,
): AsyncGenerator<Looked> {
  for (const place of places) {
    if (again && place.step.fleeting && progress.isDone(place.id)) continue;
    const looked = await look(place, at, progress);
    yield looked;
    if (!again && looked.finding.verdict !== 'passed') return;
  }
}

/** The step to do next: the first that has not passed, and that must. */
export function nextPlace(places: readonly Place[], progress: Progress): Place | undefined {
  return places.find(({ id, step }) => !step.extra && !progress.isDone(id));
}
