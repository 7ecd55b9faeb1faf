import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { estimate } from '../../infra/aws/cost/estimate.ts';
import { PROJECT_ROOT } from '../../infra/project.ts';
import { MAIN_LINE } from '../deploy/flags.ts';

/** What instructors are told that a workshop costs is what the estimate says, with the prices as they are now. */
test('the costs in the page for instructors are those of the estimate', () => {
  const page = readFileSync(join(PROJECT_ROOT, 'workshop', 'INSTRUCTORS.md'), 'utf8');
  const { rows, total, month } = estimate({ unicorns: 3, hours: 3, stacks: MAIN_LINE, onDemand: false });
  for (const stack of MAIN_LINE) {
    const written = new RegExp(`^\\| ${stack} +\\| (\\d+\\.\\d\\d) `, 'm').exec(page)?.[1];
    const sum = rows.filter((row) => row.stack === stack).reduce((so, { amount }) => so + amount, 0);
    expect(written, stack).toBe(sum.toFixed(2));
  }
  expect(page).toMatch(
    new RegExp(`\\*\\*${total.toFixed(2)}\\*\\* +\\| \\*\\*${(40 * total).toFixed(2)} for forty`),
  );
  expect(page).toContain(`one main line is ${month.idle.toFixed(2)} in a month`);
  expect(page).toContain(`forty are ${Math.round(40 * month.idle).toLocaleString('en-US')}.`);
});
