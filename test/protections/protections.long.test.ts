import { afterAll, expect, test } from 'vitest';
import { Copies, type TestRun } from './harness.ts';
import { PROTECTIONS } from './protections.ts';

const copies = new Copies(2);
afterAll(() => copies.remove());

/** What the tests of a file give with every protection in its place; run once for all of them. */
const whole = new Map<string, Promise<TestRun>>();
function asItIs(file: string): Promise<TestRun> {
  const names = PROTECTIONS.filter((protection) => protection.test.file === file).map(
    ({ test }) => test.name,
  );
  const run = whole.get(file) ?? copies.run(file, names);
  whole.set(file, run);
  return run;
}

test.concurrent.each(PROTECTIONS.map((protection) => [protection.name, protection] as const))(
  '%s',
  async (_, protection) => {
    const { file, name } = protection.test;
    const meant = (names: readonly string[]) => names.filter((fullName) => fullName.includes(name));
    const before = await asItIs(file);
    expect(meant(before.passed).length, `tests of ${file} named "${name}" that pass`).toBeGreaterThan(0);
    // A test that always fails proves nothing.
    expect(meant([...before.failed, ...before.late]), 'fail with it').toEqual([]);
    const after = await copies.run(file, [name], protection);
    expect(after.late, 'only run out of time without it').toEqual([]);
    expect(after.failed.length, `tests of ${file} named "${name}" that fail without it`).toBeGreaterThan(0);
  },
);
