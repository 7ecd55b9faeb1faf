/** What a check came to when the step is done. */
export interface Passed {
  readonly verdict: 'passed';
  /** What was looked at, and what was found, each in a few words. */
  readonly looked: string;
  readonly found: string;
}

/**
 * Why a step does not count as done. `not yet`: nothing is wrong, something is not there so far. `wrong`: something is
 * there, and is not as it must be. `could not check`: what would tell could not be asked.
 */
export type Verdict = 'not yet' | 'wrong' | 'could not check';

/** What a learner is told of it: each one plain sentence or less, names in it as they are. */
export interface Shortfall {
  /** What was looked at: `the stream wildrydes`. */
  readonly looked: string;
  readonly found: string;
  readonly expected: string;
  /** The smallest thing to do next: a command, where one does it. */
  readonly next: string;
}

/** Thrown by a check that a step does not pass. */
export class Unmet extends Error implements Shortfall {
  readonly verdict: Verdict;
  readonly looked: string;
  readonly found: string;
  readonly expected: string;
  readonly next: string;

  constructor(verdict: Verdict, { looked, found, expected, next }: Shortfall, cause?: unknown) {
    super(`${verdict}: ${looked}: ${found}`, cause === undefined ? undefined : { cause });
    this.name = 'Unmet';
    this.verdict = verdict;
    this.looked = looked;
    this.found = found;
    this.expected = expected;
    this.next = next;
  }
}

export type Finding = Passed | ({ readonly verdict: Verdict } & Shortfall);

export function passed(looked: string, found: string): Passed {
  return { verdict: 'passed', looked, found };
}

/** Something is not there so far. */
export function notYet(shortfall: Shortfall): Unmet {
  return new Unmet('not yet', shortfall);
}

/** Something is there, and is not as it must be. */
export function wrong(shortfall: Shortfall): Unmet {
  return new Unmet('wrong', shortfall);
}

/** What would tell could not be asked. */
export function couldNotCheck(shortfall: Shortfall, cause?: unknown): Unmet {
  return new Unmet('could not check', shortfall, cause);
}

/** What a part of a check found to fall short; undefined when it passed. */
export async function shortcomingOf(check: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (error instanceof Unmet) return error.found;
    throw error;
  }
}
