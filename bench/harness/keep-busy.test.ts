import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { keepBusy, rate } from './keep-busy.ts';

test('counts what every loop moved, however their steps overlap', async () => {
  let moved = 0;
  const busy = new Set<number>();
  let mostBusy = 0;
  const done = await keepBusy(4, 20, async (loop) => {
    busy.add(loop);
    mostBusy = Math.max(mostBusy, busy.size);
    for (let turns = 0; turns <= loop; turns++) await setImmediate();
    busy.delete(loop);
    moved += 10 + loop;
    return 10 + loop;
  });
  expect(mostBusy).toBe(4);
  expect(done.records).toBe(moved);
  expect(done.milliseconds).toBeGreaterThanOrEqual(20);
});

test('a step that fails ends it', async () => {
  const failing = keepBusy(2, 10_000, () => Promise.reject(new Error('refused')));
  await expect(failing).rejects.toThrow('refused');
});

test('a rate is per second', () => {
  expect(rate({ records: 500, milliseconds: 250 })).toBe(2_000);
});
