import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULTS, serviceError, underFault, virtualEffort } from './fixture.ts';
import { insist, isTransient, MOST_ATTEMPTS, resend } from './resend.ts';

describe('resend', () => {
  it('resends only what was not accepted, within its bounds, under any faults', async () => {
    const schedule = fc.array(fc.constantFrom(...FAULTS), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        schedule,
        fc.integer({ min: 1, max: 30_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (faults, budget, chance) => {
          const effort = virtualEffort(budget, () => chance);
          const items = [1, 2, 3, 4];
          const accepted = new Set<number>();
          const acknowledged = new Set<number>();
          let attempts = 0;
          const { items: left, error } = await resend(effort, items, async (some, signal) => {
            expect(effort.remaining()).toBeGreaterThan(0);
            for (const item of some) expect(acknowledged.has(item)).toBe(false);
            const fault = faults[attempts++] ?? 'none';
            const undone = underFault(fault, effort, signal, (leave) => {
              for (const item of some.slice(leave)) accepted.add(item);
              return some.slice(0, leave);
            });
            for (const item of some) if (!undone.includes(item)) acknowledged.add(item);
            return undone;
          });
          expect(attempts).toBeLessThanOrEqual(MOST_ATTEMPTS);
          expect(new Set([...left, ...acknowledged])).toEqual(new Set(items));
          expect(left.filter((item) => acknowledged.has(item))).toEqual([]);
          expect(error === undefined).toBe(left.length === 0);
          for (const item of acknowledged) expect(accepted.has(item)).toBe(true);
          for (const [n, pause] of effort.slept.entries()) {
            expect(pause).toBeCloseTo(chance * Math.min(2_000, 50 * 2 ** n), 6);
          }
          // Only an attempt without an answer may use time up; sleeping never does.
          expect(effort.slept.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(budget);
        },
      ),
    );
  });

  it('attempts nothing when no time is left', async () => {
    let attempts = 0;
    const { items, error } = await resend(virtualEffort(0), ['a'], async () => {
      attempts++;
      return [];
    });
    expect({ attempts, items }).toEqual({ attempts: 0, items: ['a'] });
    expect(String(error)).toMatch(/deadline/);
  });

  it('gives up at once what another attempt would not cure', async () => {
    let attempts = 0;
    const refusal = serviceError('AccessDeniedException', 400);
    const { error } = await resend(virtualEffort(30_000), ['a'], async () => {
      attempts++;
      throw refusal;
    });
    expect(error).toBe(refusal);
    expect(attempts).toBe(1);
  });
});

describe('insist', () => {
  it('returns what the call returns, even nothing', async () => {
    expect(await insist(virtualEffort(1_000), async () => undefined)).toBeUndefined();
  });

  it('throws the last error', async () => {
    const call = async () => {
      throw serviceError('ThrottlingException', 400);
    };
    await expect(insist(virtualEffort(30_000), call)).rejects.toMatchObject({ name: 'ThrottlingException' });
  });
});

it.each([
  [serviceError('ProvisionedThroughputExceededException', 400), true],
  [serviceError('SomethingNew', 503), true],
  [serviceError('TooMany', 429), true],
  [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), true],
  [serviceError('ValidationException', 400), false],
  [serviceError('ConditionalCheckFailedException', 400), false],
  [serviceError('ResourceNotFoundException', 400), false],
  ['thrown text', false],
])('%s is transient: %s', (error, expected) => {
  expect(isTransient(error)).toBe(expected);
});
