import type { Passed } from './finding.ts';
import type { Workbench } from './workbench.ts';

/** One thing that a learner does, and that is looked at. */
export interface Step {
  /** Progress is kept by it, and `check 1.stream` names it; unique in its module, and never changed. */
  readonly name: string;
  /** What there is to do, as a goal: `Create the stream wildrydes`. */
  readonly goal: string;
  /** Why it is done, in a sentence or two. */
  readonly why: string;
  /** From a nudge to nearly the answer. */
  readonly hints: readonly [string, string, string];
  /**
   * Looks at what the learner has made, and at what it does.
   *
   * Errors: Unmet when the step is not done. Whatever else is thrown counts as `could not check`.
   */
  readonly check: (at: Workbench) => Promise<Passed>;
  /** True for what nobody must do. */
  readonly extra?: true;
  /** True where a later step of the module takes away what this one made: it stays done, and is not looked at again. */
  readonly fleeting?: true;
  /** Names of steps that must have passed before this one is looked at: without them it would show nothing. */
  readonly after?: readonly string[];
  /** Files of the module's `solution/` that hold the answer, besides the commands in the text. */
  readonly files?: readonly string[];
}

/** A part of the workshop: a folder in `modules/` with its text, starter code, solution and checks. */
export interface Module {
  readonly number: number;
  /** Its folder: `01-streaming-data`. */
  readonly folder: string;
  readonly title: string;
  /** How long it takes at a table. */
  readonly minutes: number;
  readonly steps: readonly Step[];
  /** Texts in the folder that are read after README.md. */
  readonly furtherTexts?: readonly string[];
  /**
   * Makes the reference result: the resources that the module's text leaves behind. What is there already is left as it
   * is. Returns when all of it is ready for use.
   */
  readonly install: (at: Workbench) => Promise<void>;
  /** Deletes what the module makes, whoever made it; what is not there is passed over. */
  readonly remove: (at: Workbench) => Promise<void>;
}
