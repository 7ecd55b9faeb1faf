import { describe, expect, it } from 'vitest';
import { decodeAlert } from '../../telemetry/alert-codec.ts';
import { sequenceNumber } from '../fixture.ts';
import {
  calmDown,
  createEnvironment,
  createWorld,
  DEAD,
  type Disaster,
  leftPending,
  rideOf,
  type Sent,
} from './fixture.ts';
import { byName, deduplicated, oracle } from './oracle.ts';

const told = (world: { readonly published: readonly string[] }) => byName(deduplicated(world.published));

describe('the low-magic alert', () => {
  it('tells each episode once when it opens and once when it ends', async () => {
    const stream = rideOf([60, 51, 50, 49, 40, 49, 52, 54, 55, 54, 50, 48, 90]);
    const world = createWorld();
    expect(await createEnvironment(world)(stream, 0, stream.length)).toBeUndefined();
    const alerts = world.published.map((message) => decodeAlert(message));
    expect(alerts).toMatchObject([
      {
        name: 'Rocinante',
        state: 'firing',
        magicPoints: 49,
        episode: 'Rocinante@2026-01-01 00:00:03.000',
        statusTime: '2026-01-01 00:00:03.000',
      },
      {
        name: 'Rocinante',
        state: 'recovered',
        magicPoints: 55,
        episode: 'Rocinante@2026-01-01 00:00:03.000',
        statusTime: '2026-01-01 00:00:08.000',
      },
      {
        name: 'Rocinante',
        state: 'firing',
        magicPoints: 48,
        episode: 'Rocinante@2026-01-01 00:00:11.000',
        statusTime: '2026-01-01 00:00:11.000',
      },
      {
        name: 'Rocinante',
        state: 'recovered',
        magicPoints: 90,
        episode: 'Rocinante@2026-01-01 00:00:11.000',
        statusTime: '2026-01-01 00:00:12.000',
      },
    ]);
    expect(world.items.get('Rocinante')).toEqual({
      Name: { S: 'Rocinante' },
      State: { S: 'recovered' },
      Episode: { S: 'Rocinante@2026-01-01 00:00:11.000' },
      StatusTime: { S: '2026-01-01 00:00:12.000' },
      SequenceNumber: { S: sequenceNumber(12) },
    });
  });

  it('keeps health beside magic, in a map of its own', async () => {
    const world = createWorld();
    const stream = [{ name: 'Rocinante', second: 1, magicPoints: 60, healthPoints: 3 }];
    await createEnvironment(world)(stream, 0, 1);
    expect(world.items.get('Rocinante')).toEqual({
      Name: { S: 'Rocinante' },
      Health: {
        M: {
          State: { S: 'firing' },
          Episode: { S: 'Rocinante@2026-01-01 00:00:01.000/health' },
          StatusTime: { S: '2026-01-01 00:00:01.000' },
        },
      },
      SequenceNumber: { S: sequenceNumber(0) },
    });
  });

  it('asks for a unicorn once, and then for nothing as long as it is well', async () => {
    const names = Array.from({ length: 250 }, (_, n) => `unicorn ${n}`);
    const stream = [0, 1, 2, 3].flatMap((second) =>
      names.map((name) => ({ name, second, magicPoints: 150 })),
    );
    const world = createWorld();
    const invoke = createEnvironment(world);
    await invoke(stream, 0, 250);
    // And once for what others may have left pending.
    expect(world.state).toMatchObject({ requests: 4, scans: 1 });
    await invoke(stream, 250, 1_000);
    expect(world.state.requests).toBe(4);
  });

  it('publishes what another environment left pending, before anything else', async () => {
    const world = createWorld(['none', 'none', 'dies']);
    const stream = rideOf([49, 60, 40]);
    expect(await createEnvironment(world)(stream, 0, 1)).toBe(DEAD);
    expect(world.published).toEqual([]);
    await createEnvironment(world)(stream, 0, 3);
    expect(told(world)).toEqual(oracle(stream));
    expect(leftPending(world)).toBe(0);
  });

  it('decides anew when another environment was faster', async () => {
    const world = createWorld();
    const stream = rideOf([60, 49, 50, 56, 45]);
    const slow = createEnvironment(world);
    await slow(stream, 0, 1);
    await createEnvironment(world)(stream, 1, 4);
    // It still takes the unicorn for well: its readings follow one another, delivered again.
    await slow(stream, 1, 5);
    expect(told(world)).toEqual(oracle(stream));
    expect(world.published).toHaveLength(3);
  });

  it.each([
    ['the first of its records when its state cannot be read', [['broken', 8]], 0],
    [
      'the record that opens the episode when it cannot be written',
      [
        ['none', 1],
        ['broken', 8],
      ],
      2,
    ],
  ] as const)('fails from %s, and no record of others', async (_, faults, expected) => {
    const stream = rideOf([60, 49, 52, 56]).flatMap((sent) => [
      sent,
      { ...sent, name: 'Bucephalus', magicPoints: 90 },
    ]);
    const failing = createWorld(faults.flatMap(([fault, times]) => Array<Disaster>(times).fill(fault)));
    expect(await createEnvironment(failing)(stream, 0, stream.length)).toBe(sequenceNumber(expected));
  });

  it.each([
    ['published', ['none', 'none', ...Array<Disaster>(8).fill('broken')]],
    ['written as told', ['none', 'none', 'none', ...Array<Disaster>(8).fill('broken')]],
  ] as const)('fails no record when its message cannot be %s, and tells it later', async (_, faults) => {
    const stream = rideOf([60, 49, 52, 56]);
    const world = createWorld([...faults]);
    const invoke = createEnvironment(world);
    expect(await invoke(stream, 0, 2)).toBeUndefined();
    expect(leftPending(world)).toBe(1);
    expect(await invoke(stream, 2, 4)).toBeUndefined();
    await calmDown(world);
    expect(told(world)).toEqual(oracle(stream));
  });

  it('judges a whole batch anew when what it knew proves wrong', async () => {
    const stream = [
      [0, 60],
      [0.2, 40],
      [0.5, 60],
      [0.7, 45],
    ].map(
      ([second, magicPoints]): Sent => ({ name: 'Rocinante', second: second!, magicPoints: magicPoints! }),
    );
    // Faster than once a second, so that the first environment cannot notice that another took a turn.
    const turns = async (afterwards: Disaster[]) => {
      const world = createWorld();
      const first = createEnvironment(world);
      await first(stream, 0, 1);
      await createEnvironment(world)(stream, 1, 2);
      world.schedule.push(...afterwards);
      return { world, answer: await first(stream, 2, 4) };
    };
    const { world, answer } = await turns([]);
    expect(answer).toBeUndefined();
    expect(told(world)).toEqual(oracle(stream));

    const unread = await turns(['none', ...Array<Disaster>(8).fill('broken')]);
    expect(unread.answer).toBe(sequenceNumber(2));
  });

  it('forgets what it knew of a unicorn whose records failed', async () => {
    const stream: Sent[] = [
      { name: 'Rocinante', second: 5, magicPoints: 60 },
      { name: 'Rocinante', second: 6, magicPoints: 49 },
      { name: 'Rocinante', second: 6.5, magicPoints: 60 },
    ];
    // The answer to the write is lost, and then the table is gone: what it says is not what the environment knows.
    const world = createWorld(['none', 'none', 'lost', ...Array<Disaster>(7).fill('broken')]);
    const invoke = createEnvironment(world);
    await invoke(stream, 0, 1);
    expect(await invoke(stream, 1, 2)).toBe(sequenceNumber(1));
    expect(await invoke(stream, 2, 3)).toBeUndefined();
    await calmDown(world);
    expect(told(world)).toEqual(oracle(stream));
  });

  it('passes over what is no reading, and what is from the future', async () => {
    const stream: Sent[] = [
      { name: 'Rocinante', second: 0, magicPoints: 10, kind: 'malformed' },
      { name: 'Rocinante', second: 9_999, magicPoints: 10, kind: 'from the future' },
      { name: 'Rocinante', second: 1, magicPoints: 49 },
    ];
    const world = createWorld();
    expect(await createEnvironment(world)(stream, 0, 3)).toBeUndefined();
    expect(deduplicated(world.published).map(({ statusTime }) => statusTime)).toEqual([
      '2026-01-01 00:00:01.000',
    ]);
  });
});

describe('an item that was there before', () => {
  it('of someone else is mended', async () => {
    const world = createWorld();
    world.items.set('Rocinante', {
      Name: { S: 'Rocinante' },
      State: { S: 'well' },
      StatusTime: { S: 'yesterday' },
    });
    const stream = rideOf([60, 49]);
    expect(await createEnvironment(world)(stream, 0, 2)).toBeUndefined();
    expect(told(world)).toEqual(oracle(stream));
  });

  it('of an earlier version, with its one message as a text, goes on', async () => {
    const world = createWorld();
    const episode = 'Rocinante@2026-01-01 00:00:01.000';
    const message = JSON.stringify({
      name: 'Rocinante',
      state: 'firing',
      magicPoints: 49,
      episode,
      statusTime: '2026-01-01 00:00:01.000',
    });
    world.items.set('Rocinante', {
      Name: { S: 'Rocinante' },
      State: { S: 'firing' },
      Episode: { S: episode },
      StatusTime: { S: '2026-01-01 00:00:01.000' },
      SequenceNumber: { S: sequenceNumber(1) },
      Pending: { S: message },
    });
    const stream = rideOf([60, 49, 48, 56]);
    expect(await createEnvironment(world)(stream, 0, 4)).toBeUndefined();
    expect(world.published[0]).toBe(message);
    expect(world.published.slice(1).map((text) => decodeAlert(text))).toMatchObject([
      { state: 'recovered', episode, since: '2026-01-01 00:00:01.000' },
    ]);
    expect(world.items.get('Rocinante')).toMatchObject({
      State: { S: 'recovered' },
      Episode: { S: episode },
    });
    expect(leftPending(world)).toBe(0);
  });
});
