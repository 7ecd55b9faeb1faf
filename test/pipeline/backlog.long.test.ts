import { expect, test } from 'vitest';
import { wakeUpTo } from './backlog-run.ts';

test('a pipeline that was asleep for a million readings needs no more memory than for a fifth of that', async () => {
  const fifth = await wakeUpTo(1_000, 200, 128);
  const peak = await wakeUpTo(1_000, 1_000, 128);
  if (fifth === undefined || peak === undefined) return;
  process.stdout.write(
    `peak ${Math.round(fifth / 1e6)} MB for 200,000, ${Math.round(peak / 1e6)} MB for 1,000,000\n`,
  );
  expect(peak).toBeLessThan(1.35 * fifth);
});
