import { expect, test } from 'vitest';
import { temporaryFolder } from '../kit.ts';
import { crashRun } from './crash-run.ts';

// A fixed seed, and no two runs alike for all that: the machine's pace decides what a kill hits.
test('a cloud that is killed five times loses nothing and counts nothing twice, seed 1', async () => {
  await crashRun({ seed: '1', kills: 5, folder: temporaryFolder() });
  expect.hasAssertions();
}, 120_000);
