import { expect, test } from 'vitest';
import type { Outcome } from '../lambda/definitions.ts';
import { createFaults } from './faults.ts';
import { functionFaults } from './functions.ts';

const OK: Outcome = { requestId: 'r', kind: 'response', payload: '{}' };

test.each([
  ['fail-function', { kind: 'error', error: { errorType: 'Error' } }],
  ['time-out-function', { kind: 'error', error: { errorType: 'Sandbox.Timedout' } }],
  ['wrong-response', { kind: 'response', payload: expect.stringContaining('batchItemFailures') }],
] as const)('%s takes the place of what the function answered, so many times', (kind, ending) => {
  const faults = createFaults(
    () => 0,
    () => {},
  );
  expect(functionFaults(faults)).toBeUndefined();
  faults.add({ kind, target: 'f', count: 1 });
  const alter = functionFaults(faults)!;
  expect(alter('g', OK)).toBe(OK);
  expect(alter('f', { requestId: 'r', kind: 'stopped' })).toEqual({ requestId: 'r', kind: 'stopped' });
  expect(alter('f', OK)).toMatchObject({ requestId: 'r', ...ending });
  expect(alter('f', OK)).toBe(OK);
  expect(functionFaults(faults)).toBeUndefined();
});
