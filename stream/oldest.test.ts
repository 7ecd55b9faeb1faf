import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Oldest } from './oldest.ts';

test('the oldest unsettled item is the lowest time among them, whatever was added and settled in whatever order', () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: -20, max: 20 }) }),
    fc.record({ settle: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const oldest = new Oldest<{ time: number; settled: boolean }>();
      const items: { time: number; settled: boolean }[] = [];
      for (const one of steps) {
        if ('add' in one) {
          const item = { time: one.add, settled: false };
          items.push(item);
          oldest.add(item);
        } else if (items.length > 0) items[one.settle % items.length]!.settled = true;
        const unsettled = items.filter((item) => !item.settled).map((item) => item.time);
        expect(oldest.peek()?.time).toBe(unsettled.length === 0 ? undefined : Math.min(...unsettled));
      }
    }),
  );
});
