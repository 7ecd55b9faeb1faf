import { WildRydesError } from '../../telemetry/errors.ts';
import type { Person } from './world.ts';

/**
 * Asks, unless it was said before.
 *
 * @throws WildRydesError USAGE for a no, and where nobody is there who could answer
 */
export async function agreed(question: string, yes: boolean, person: Person): Promise<void> {
  if (yes) return;
  if (!person.answers) {
    throw new WildRydesError('USAGE', 'this asks before it goes on, and there is no terminal to ask on', {
      next: 'Say --yes if that is what you want.',
    });
  }
  if (await person.saysYes(`${question} [y/N] `)) return;
  throw new WildRydesError('USAGE', 'nothing was done: it was not confirmed');
}
