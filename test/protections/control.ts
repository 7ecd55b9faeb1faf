import type { Protection } from './protection.ts';

const CONTROL = 'aggregation/control';
const CONTROL_TEST = `${CONTROL}/control.test.ts`;
const TAIL = 'cli/control/log-tail.ts';
const TAIL_TEST = 'cli/control/log-tail.test.ts';

/** What keeps the control of an application from telling what is not so. */
export const CONTROL_PROTECTIONS: readonly Protection[] = [
  {
    name: 'a look that is throttled, or whose connection breaks, does not end the waiting',
    file: `${CONTROL}/waiting.ts`,
    text: 'if (!passes(error) || ++failures >= FAILED_LOOKS) throw error;',
    without: 'throw error;',
    test: { file: CONTROL_TEST, name: 'are no end of the waiting' },
  },
  {
    name: 'looks that fail without an end are not waited for without an end',
    file: `${CONTROL}/waiting.ts`,
    text: 'if (!passes(error) || ++failures >= FAILED_LOOKS) throw error;',
    without: 'if (!passes(error)) throw error;',
    test: { file: CONTROL_TEST, name: 'looks that fail again and again are' },
  },
  {
    name: 'an application that fell back is told, not waited for until patience ends',
    file: `${CONTROL}/operation.ts`,
    text: 'STATES[state]?.rests ? astray(state, wanted) : undefined',
    without: 'undefined',
    test: { file: CONTROL_TEST, name: 'an application that falls back is not waited for' },
  },
  {
    name: 'a state that comes a moment after its operation is no fall',
    file: `${CONTROL}/waiting.ts`,
    text: 'now - astraySince >= GRACE',
    without: 'now >= astraySince',
    test: { file: CONTROL_TEST, name: 'a state that is behind its operation for a moment' },
  },
  {
    name: 'a request whose answer was lost is not told as refused, since it was carried out',
    file: `${CONTROL}/control.ts`,
    text: '      if (latest?.Operation === operation) return latest.OperationId;\n',
    without: '',
    test: { file: CONTROL_TEST, name: 'whose answer was lost is found as what it began' },
  },
  {
    name: 'an update that somebody came before is made of what the application is then',
    file: `${CONTROL}/control.ts`,
    text: "      if (name !== 'ConcurrentModificationException') throw error;\n      return this.#update(changes);\n",
    without: '      throw error;\n',
    test: { file: CONTROL_TEST, name: 'an update that somebody came before is made once more' },
  },
  {
    name: 'lines that reach a log late are shown',
    file: TAIL,
    text: 'Math.max(this.#begin, this.#newest - LATE)',
    without: 'Math.max(this.#begin, this.#newest + 1)',
    test: { file: TAIL_TEST, name: 'two lines of one millisecond that come in two looks' },
  },
  {
    name: 'lines of a look at a log that broke off are not lost',
    file: TAIL,
    text: '      found.set(line.id, line.timestamp);\n',
    without: '      this.#given.set(line.id, line.timestamp);\n',
    test: { file: TAIL_TEST, name: 'what a look had found when it broke off' },
  },
];
