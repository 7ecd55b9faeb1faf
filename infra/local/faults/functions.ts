import type { Ending, Outcome } from '../lambda/definitions.ts';
import type { FaultKind } from './fault.ts';
import type { Faults } from './faults.ts';

const ENDINGS = {
  'fail-function': {
    kind: 'error',
    error: { errorType: 'Error', errorMessage: 'this function failed (a fault that was asked for)' },
  },
  'time-out-function': {
    kind: 'error',
    error: {
      errorType: 'Sandbox.Timedout',
      errorMessage: 'Task timed out (a fault that was asked for)',
    },
  },
  'wrong-response': {
    kind: 'response',
    payload: JSON.stringify({ batchItemFailures: [{ itemIdentifier: 'no such record' }] }),
  },
} as const satisfies Partial<Record<FaultKind, Ending>>;

const KINDS = Object.keys(ENDINGS) as (keyof typeof ENDINGS)[];

/**
 * Faults of functions, as what becomes of an outcome: the function ran, and did whatever it does, before it counts as
 * failed. So what it did comes again.
 *
 * @returns undefined while no such fault is on
 */
export function functionFaults(
  faults: Faults,
): ((functionName: string, outcome: Outcome) => Outcome) | undefined {
  if (!faults.any(KINDS)) return undefined;
  return (functionName, outcome) => {
    // One that was stopped with the cloud has no outcome to alter.
    if (outcome.kind === 'stopped') return outcome;
    const kind = KINDS.find((one) => faults.find(one, functionName)?.happens());
    return kind === undefined ? outcome : { requestId: outcome.requestId, ...ENDINGS[kind] };
  };
}
