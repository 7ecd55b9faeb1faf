import { test } from 'vitest';
import { wakeUpTo } from './backlog-run.ts';

// What memory it takes is measured in backlog.long.test.ts, against a smaller backlog: a limit in megabytes would
// say more about the machine (its cores, its allocator) than about the pipeline.
test('a pipeline that was asleep for forty thousand readings catches up on all of them', async () => {
  await wakeUpTo(200, 200, 128);
}, 90_000);
