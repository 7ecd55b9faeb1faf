import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calmDown, createWorld, DISASTERS, deliver, type Outage, rideOf, type Sent } from './fixture.ts';
import { byName, deduplicated, oracle } from './oracle.ts';

/** Whatever happens on the way, subscribers hear what the stream as a whole says, of each unicorn in order. */

const name = fc.constantFrom('Rocinante', 'Bucephalus', '🦄');
const magicPoints = fc.integer({ min: 46, max: 58 });
const healthPoints = fc.integer({ min: 16, max: 28 });

/** Seconds in any order, several times, with gaps. */
const anyStream: fc.Arbitrary<Sent[]> = fc.array(
  fc
    .record({
      name,
      second: fc.nat(60),
      magicPoints,
      healthPoints,
      kind: fc.constantFrom(
        ...Array<undefined>(6).fill(undefined),
        'malformed' as const,
        'from the future' as const,
      ),
    })
    .map(({ kind, ...rest }) => (kind ? { ...rest, kind } : rest)),
  { maxLength: 60 },
);

/** One reading of each unicorn a second. */
const fleet: fc.Arbitrary<Sent[]> = fc
  .array(fc.array(fc.tuple(magicPoints, healthPoints), { maxLength: 40 }), { minLength: 1, maxLength: 3 })
  .map((rides) =>
    rides
      .flatMap((ride, n) =>
        ride.map(([magic, health], second) => ({
          name: `unicorn ${n}`,
          second,
          magicPoints: magic,
          healthPoints: health,
        })),
      )
      .sort((a, b) => a.second - b.second),
  );

/** How the stream reaches the function: batch sizes, steps back to what was handled already, and which environment is warm. */
const deliveries = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: 12 }),
    back: fc.constantFrom(0, 0, 0, 1, 5),
    environment: fc.nat(2),
  }),
  { minLength: 1, maxLength: 20 },
);
const schedule = fc.array(fc.constantFrom(...DISASTERS), { maxLength: 40 });

/** When the topic is down, and how: stretches of invocations. */
const outages = fc.array(
  fc.record({
    lasts: fc.integer({ min: 1, max: 8 }),
    outage: fc.constantFrom<Outage | undefined>(undefined, 'broken', 'throttled', 'hangs', 'refused'),
  }),
  { minLength: 1, maxLength: 8 },
);

describe('what is told', () => {
  it('depends on the order of the stream alone, however it is delivered, whatever fails and whenever it crashes', async () => {
    await fc.assert(
      fc.asyncProperty(anyStream, deliveries, schedule, async (stream, steps, disasters) => {
        const world = createWorld([...disasters]);
        // One environment at a time, as long as it lives.
        await deliver(
          world,
          stream,
          steps.map((step) => ({ ...step, environment: 0 })),
        );
        await calmDown(world);
        expect(byName(deduplicated(world.published))).toEqual(oracle(stream));
      }),
      { numRuns: 100 },
    );
  });

  it('is the same when several environments take turns on a stream of one reading a second', async () => {
    await fc.assert(
      fc.asyncProperty(fleet, deliveries, schedule, async (stream, steps, disasters) => {
        const world = createWorld([...disasters]);
        await deliver(world, stream, steps);
        await calmDown(world);
        expect(byName(deduplicated(world.published))).toEqual(oracle(stream));
      }),
      { numRuns: 100 },
    );
  });

  it('is the same when the topic is down for a while, which keeps no record back', async () => {
    await fc.assert(
      fc.asyncProperty(fleet, deliveries, outages, async (stream, steps, stretches) => {
        const world = createWorld();
        const outageOf = stretches.flatMap(({ lasts, outage }) => Array(lasts).fill(outage));
        const failures = await deliver(world, stream, steps, (invocation) => {
          world.state.outage = outageOf[invocation];
        });
        expect(failures).toBe(0);
        world.state.outage = undefined;
        await calmDown(world);
        expect(byName(deduplicated(world.published))).toEqual(oracle(stream));
      }),
      { numRuns: 100 },
    );
  });

  it('is the same when the topic is down and everything else goes wrong, too', async () => {
    await fc.assert(
      fc.asyncProperty(fleet, deliveries, outages, schedule, async (stream, steps, stretches, disasters) => {
        const world = createWorld([...disasters]);
        const outageOf = stretches.flatMap(({ lasts, outage }) => Array(lasts).fill(outage));
        await deliver(world, stream, steps, (invocation) => {
          world.state.outage = outageOf[invocation];
        });
        world.state.outage = undefined;
        await calmDown(world);
        expect(byName(deduplicated(world.published))).toEqual(oracle(stream));
      }),
      { numRuns: 100 },
    );
  });

  it('is published only once when nothing goes wrong, however the stream is cut and repeated', async () => {
    await fc.assert(
      fc.asyncProperty(fleet, deliveries, async (stream, steps) => {
        const world = createWorld();
        await deliver(
          world,
          stream,
          steps.map((step) => ({ ...step, environment: 0 })),
        );
        expect(world.published).toHaveLength(deduplicated(world.published).length);
        expect(byName(deduplicated(world.published))).toEqual(oracle(stream));
      }),
      { numRuns: 50 },
    );
  });

  it('is all of it, however many episodes a single batch holds', async () => {
    const stream = rideOf(Array.from({ length: 400 }, (_, second) => (second % 2 === 0 ? 49 : 55)));
    for (const size of [400, 7]) {
      const world = createWorld();
      await deliver(world, stream, [{ size, back: 0, environment: 0 }]);
      expect(world.published).toHaveLength(400);
      expect(byName(deduplicated(world.published))).toEqual(oracle(stream));
    }
  });
});
