import { expect, test } from 'vitest';
import { wakeUpTo } from './backlog-run.ts';

test('a pipeline that was asleep for forty thousand readings catches up on all of them', async () => {
  const peak = await wakeUpTo(200, 200, 128);
  if (peak !== undefined) expect(peak).toBeLessThan(400e6);
}, 90_000);
