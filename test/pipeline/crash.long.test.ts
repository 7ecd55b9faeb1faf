import { expect, test } from 'vitest';
import { temporaryFolder } from '../kit.ts';
import { crashRun } from './crash-run.ts';

const SEEDS = Array.from({ length: 50 }, (_, i) => String(i + 1));

test.each(SEEDS)(
  'a cloud that is killed ten times loses nothing and counts nothing twice, seed %s',
  async (seed) => {
    await crashRun({ seed, kills: 10, folder: temporaryFolder() });
    expect.hasAssertions();
  },
);
