import { describe, expect, test } from 'vitest';
import { withEach } from './in-flight.ts';

/** Numbers from 1, and how many were taken. */
function numbers(count: number) {
  const taken: number[] = [];
  async function* source() {
    for (let each = 1; each <= count; each++) {
      taken.push(each);
      yield each;
    }
  }
  return { source: source(), taken };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('with each', () => {
  test('no more are worked on at a time than may be, and all are', async () => {
    const { source } = numbers(20);
    const done: number[] = [];
    let now = 0;
    let peak = 0;
    await withEach(source, 3, async (each) => {
      peak = Math.max(peak, ++now);
      await turn();
      now--;
      done.push(each);
    });
    expect(peak).toBe(3);
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  test('after an error nothing is begun, and what is under way is waited for', async () => {
    const { source, taken } = numbers(100);
    const finished: number[] = [];
    const working = withEach(source, 2, async (each) => {
      if (each === 2) throw new Error('no');
      await turn();
      finished.push(each);
    });
    await expect(working).rejects.toThrow('no');
    expect(finished).toContain(1);
    expect(taken.length).toBeLessThan(6);
  });

  test('an error of the source is one', async () => {
    async function* broken() {
      yield 1;
      throw new Error('no page');
    }
    await expect(withEach(broken(), 4, async () => {})).rejects.toThrow('no page');
  });
});
