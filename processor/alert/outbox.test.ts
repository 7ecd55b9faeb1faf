import { describe, expect, it } from 'vitest';
import type { Observer } from '../observer.ts';
import {
  calmDown,
  createEnvironment,
  createWorld,
  DEAD,
  leftPending,
  type Outage,
  RULES,
  rideOf,
  type Sent,
  type World,
} from './fixture.ts';
import { byName, deduplicated, oracle } from './oracle.ts';

/** A batch of which nothing comes: whatever happens then was to be done anyway. */
const WELL: Sent[] = [{ name: 'Closer', second: 0, magicPoints: 90 }];

const told = (world: World) => byName(deduplicated(world.published));

/** Seconds of a fleet of which every unicorn is low at second 1, and well again at second 3. */
function fleetOf(size: number, seconds: number): Sent[] {
  const magic = [60, 40, 41, 60];
  return Array.from({ length: seconds }, (_, second) =>
    Array.from({ length: size }, (_, n) => ({
      name: `unicorn ${n}`,
      second,
      magicPoints: magic[second] ?? 90,
    })),
  ).flat();
}

/** Counts and warnings, as an invocation tells them. */
function listening() {
  const counts: Record<string, number> = {};
  const warnings: string[] = [];
  const observer: Observer = {
    info() {},
    warn: (message) => void warnings.push(message),
    error() {},
    count: (metric, value) => {
      counts[metric] = value;
    },
  };
  return { counts, warnings, observer };
}

describe('while the topic is down', () => {
  it.each<Outage>(['broken', 'throttled', 'hangs', 'refused'])(
    'and %s, no record fails, and everything is told in order once it is back',
    async (outage) => {
      const stream = fleetOf(40, 6);
      const { counts, warnings, observer } = listening();
      const world = createWorld();
      const invoke = createEnvironment(world, RULES, observer);
      world.state.outage = outage;
      for (let second = 0; second < 6; second++) {
        expect(await invoke(stream, second * 40, (second + 1) * 40)).toBeUndefined();
      }
      expect(leftPending(world)).toBe(40);
      expect(counts.AlertsPending).toBe(40);
      expect(warnings).toContain('alerts could not be published, and stay pending');
      world.state.outage = undefined;
      world.state.time += 60_000;
      // Whatever unicorn's readings come next.
      expect(await invoke(WELL, 0, 1)).toBeUndefined();
      expect(leftPending(world)).toBe(0);
      expect(counts.AlertsPending).toBe(0);
      expect(world.published).toHaveLength(80);
      expect(told(world)).toEqual(oracle(stream));
    },
  );

  it('it is asked for one message every few seconds, and for a fifth of the time at most', async () => {
    const world = createWorld();
    const invoke = createEnvironment(world);
    world.state.outage = 'broken';
    await invoke(fleetOf(40, 2), 40, 80);
    // Ten minutes of batches that take a tenth of a second: with hangs, publishing would take all of them.
    for (const [outage, most] of [
      ['broken', 200],
      ['hangs', 120],
    ] as const) {
      world.state.outage = outage;
      const { publishes, time } = world.state;
      let invocations = 0;
      for (; world.state.time < time + 600_000; invocations++) await invoke(WELL, 0, 1);
      expect(world.state.publishes - publishes).toBeLessThanOrEqual(most);
      expect(world.state.publishes - publishes).toBeGreaterThan(10);
      // Those that waited for nothing took a tenth of a second each.
      expect(invocations * 100).toBeGreaterThan(0.79 * 600_000);
    }
  });

  it('a unicorn goes on from one episode to the next, and the topic hears of all of them', async () => {
    const stream = rideOf(Array.from({ length: 36 }, (_, second) => (second % 4 < 2 ? 49 : 55)));
    const world = createWorld();
    world.state.outage = 'broken';
    const invoke = createEnvironment(world);
    for (let at = 0; at < 36; at += 3) expect(await invoke(stream, at, at + 3)).toBeUndefined();
    expect(world.items.get('Rocinante')?.Pending?.L).toHaveLength(18);
    world.state.outage = undefined;
    await calmDown(world);
    expect(told(world)).toEqual(oracle(stream));
    expect(world.published).toHaveLength(18);
  });

  it('as little as possible makes room when too much is pending, and it is said how much', async () => {
    const stream = rideOf(Array.from({ length: 400 }, (_, second) => (second % 4 < 2 ? 49 : 55)));
    const { counts, warnings, observer } = listening();
    const world = createWorld();
    world.state.outage = 'broken';
    const invoke = createEnvironment(world, RULES, observer);
    for (let at = 0; at < 400; at += 100) expect(await invoke(stream, at, at + 100)).toBeUndefined();
    expect(world.items.get('Rocinante')?.Pending?.L).toHaveLength(50);
    expect(counts.AlertsDropped).toBeGreaterThan(0);
    expect(warnings).toContain('too many messages are pending: some made room');
    world.state.outage = undefined;
    await calmDown(world);
    const all = oracle(stream).get('Rocinante')!;
    const heard = told(world).get('Rocinante')!;
    expect(heard).toHaveLength(50);
    // The first episode, which someone may have been telling of, and the last ones.
    expect(heard).toEqual([...all.slice(0, 2), ...all.slice(-48)]);
  });
});

describe('what one environment leaves pending', () => {
  it('is found by the next one, though no reading of that unicorn ever comes again', async () => {
    const world = createWorld();
    const stream = fleetOf(10, 2);
    const dying = createEnvironment(world);
    await dying(stream, 0, 10);
    // Ten writes in flight, of which the tenth is the last thing that happens.
    world.schedule.push(...Array<'none'>(9).fill('none'), 'dies after');
    expect(await dying(stream, 10, 20)).toBe(DEAD);
    expect(leftPending(world)).toBe(10);
    const next = createEnvironment(world);
    await next(WELL, 0, 1);
    // Who wrote it might have been about to publish it.
    expect(world.published).toEqual([]);
    world.state.time += 3_000;
    await next(WELL, 0, 1);
    expect(leftPending(world)).toBe(0);
    expect(told(world)).toEqual(oracle(stream));
  });

  it('is found by one that lives, too, within a quarter of an hour', async () => {
    const world = createWorld();
    const living = createEnvironment(world);
    await living(WELL, 0, 1);
    world.schedule.push('none', 'none', 'none', 'dies');
    world.state.outage = 'broken';
    await createEnvironment(world)(rideOf([40]), 0, 1);
    world.state.outage = undefined;
    world.schedule.length = 0;
    world.state.time += 800_000;
    await living(WELL, 0, 1);
    expect(leftPending(world)).toBe(1);
    world.state.time += 100_000;
    await living(WELL, 0, 1);
    world.state.time += 3_000;
    await living(WELL, 0, 1);
    expect(leftPending(world)).toBe(0);
    expect(told(world)).toEqual(oracle(rideOf([40])));
  });

  it('is looked for again when looking fails, and no batch fails of that', async () => {
    const world = createWorld();
    world.state.outage = 'broken';
    await createEnvironment(world)(rideOf([40]), 0, 1);
    world.state.outage = undefined;
    const { warnings, observer } = listening();
    const next = createEnvironment(world, RULES, observer);
    world.schedule.push('none', ...Array<'broken'>(8).fill('broken'));
    expect(await next(WELL, 0, 1)).toBeUndefined();
    expect(warnings).toEqual(['could not look for alerts that others left pending']);
    world.state.time += 30_000;
    await next(WELL, 0, 1);
    world.state.time += 3_000;
    await next(WELL, 0, 1);
    expect(leftPending(world)).toBe(0);
  });

  it('is not told again by who knew of it but was slower', async () => {
    const world = createWorld();
    world.state.outage = 'broken';
    const slow = createEnvironment(world);
    await slow(rideOf([40]), 0, 1);
    world.state.outage = undefined;
    const fast = createEnvironment(world);
    await fast(WELL, 0, 1);
    world.state.time += 3_000;
    await fast(WELL, 0, 1);
    expect(world.published).toHaveLength(1);
    world.state.time += 60_000;
    await slow(WELL, 0, 1);
    expect(world.published).toHaveLength(1);
  });
});

describe('more unicorns than an environment keeps in mind', () => {
  it('are all told of, the others when they are found in the table', async () => {
    const world = createWorld();
    const stream = Array.from({ length: 180 }, (_, n) => ({
      name: `unicorn ${n}`,
      second: 0,
      magicPoints: 7,
    }));
    const invoke = createEnvironment(world);
    await invoke(WELL, 0, 1);
    world.state.outage = 'broken';
    await invoke(stream, 0, stream.length);
    world.state.outage = undefined;
    for (let looks = 0; looks < 9; looks++) {
      world.state.time += 10_000;
      await invoke(WELL, 0, 1);
    }
    expect(leftPending(world)).toBe(0);
    expect(told(world)).toEqual(oracle(stream));
  });
});

describe('a message that the topic refuses for what it is', () => {
  it('keeps back those of its own unicorn, and no others', async () => {
    const { counts, observer } = listening();
    const world = createWorld();
    world.state.refuses = 'Bucephalus';
    const invoke = createEnvironment(world, RULES, observer);
    const magic = { Bucephalus: [60, 40, 60, 40, 60], Rocinante: [60, 60, 40, 60, 40] };
    const stream = [0, 1, 2, 3, 4].flatMap((second) =>
      Object.entries(magic).map(([name, points]) => ({ name, second, magicPoints: points[second]! })),
    );
    for (let at = 0; at < stream.length; at += 2) {
      expect(await invoke(stream, at, at + 2)).toBeUndefined();
      expect(leftPending(world)).toBe(at === 0 ? 0 : 1);
    }
    expect(counts.AlertsPending).toBe(1);
    const others = stream.filter(({ name }) => name !== 'Bucephalus');
    expect(told(world)).toEqual(oracle(others));
    expect(world.published).toHaveLength(3);
  });
});
