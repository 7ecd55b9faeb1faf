import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type PutItemCommand,
  type PutItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { PublishCommand, PublishCommandOutput } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../telemetry/alert.ts';
import { decodeReading, encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import {
  FAULTS,
  type Fault,
  kinesisEvent,
  kinesisRecord,
  sequenceNumber,
  serviceError,
  silentObserver,
  underFault,
  type VirtualEffort,
  virtualEffort,
} from '../fixture.ts';
import { decodeRecords } from '../records.ts';
import { batchResponse, settle } from '../settle.ts';
import { createAlertTable, type ReadsAndPutsItems } from './alert-table.ts';
import { followMagic } from './logic.ts';
import { createMemory } from './memory.ts';
import { createTopic, type Publishes } from './topic.ts';

const START = Date.UTC(2026, 0, 1);

/** One record of the stream: a reading, or something that is none. */
interface Sent {
  readonly name: string;
  /** Of StatusTime, after START. */
  readonly second: number;
  readonly magicPoints: number;
  readonly kind?: 'malformed' | 'from the future';
}

function recordOf({ name, second, magicPoints, kind }: Sent, n: number) {
  const instant = START + second * 1000;
  const reading = {
    Name: name,
    StatusTime: formatStatusTime(instant),
    Latitude: 40.7,
    Longitude: -73.9,
    Distance: 30,
    MagicPoints: magicPoints,
    HealthPoints: 150,
  };
  return kinesisRecord({
    n,
    key: name,
    data: kind === 'malformed' ? '{"Name":' : encodeReading(reading),
    arrival: kind === 'from the future' ? instant - 300_001 : instant,
  });
}

/** What an invocation meets: a fault, or the end of its process before (`dies`) or after (`dies after`) a request took effect. */
const DISASTERS = [...FAULTS, 'dies', 'dies after'] as const;
type Disaster = (typeof DISASTERS)[number];

/** A process that died: whatever it still waits for, nothing of it goes on. */
const DEAD = Symbol('dead');

/** The table and the topic, the only things that outlive an environment, and what may go wrong with either. */
function createWorld(schedule: Disaster[] = []) {
  const items = new Map<string, Record<string, string | undefined>>();
  const published: string[] = [];
  let requests = 0;

  const serve = <R>(
    effort: VirtualEffort,
    signal: AbortSignal,
    die: () => void,
    act: (leave: number) => R,
  ): R | Promise<R> => {
    requests++;
    const disaster = schedule.shift() ?? 'none';
    if (disaster !== 'dies' && disaster !== 'dies after') {
      return underFault(disaster satisfies Fault, effort, signal, act);
    }
    if (disaster === 'dies after') act(0);
    die();
    return new Promise<R>(() => {});
  };

  /** Clients for one invocation. */
  const connect = (effort: VirtualEffort, die: () => void) => {
    async function send(
      command: BatchGetItemCommand | PutItemCommand,
      { abortSignal }: { abortSignal: AbortSignal },
    ): Promise<BatchGetItemCommandOutput | PutItemCommandOutput> {
      return serve<BatchGetItemCommandOutput | PutItemCommandOutput>(effort, abortSignal, die, (leave) =>
        command instanceof BatchGetItemCommand ? read(command, leave) : put(command),
      );
    }
    const dynamodb = { send } as unknown as ReadsAndPutsItems;
    const sns: Publishes = {
      send: async (command: PublishCommand, { abortSignal }): Promise<PublishCommandOutput> =>
        serve(effort, abortSignal, die, () => {
          expect(command.input.TopicArn).toBe('arn:topic');
          published.push(command.input.Message!);
          return { $metadata: {} };
        }),
    };
    return { dynamodb, sns };
  };

  function read(command: BatchGetItemCommand, leave: number): BatchGetItemCommandOutput {
    const { Keys = [], ConsistentRead } = command.input.RequestItems!.UnicornAlerts!;
    expect(ConsistentRead).toBe(true);
    expect(Keys.length).toBeLessThanOrEqual(100);
    const found = Keys.slice(leave).flatMap((key) => {
      const item = items.get(key.Name!.S!);
      if (item === undefined) return [];
      const attributes = Object.entries(item).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, { S: value }] as const],
      );
      return [Object.fromEntries(attributes)];
    });
    const unread = Keys.slice(0, leave);
    return {
      $metadata: {},
      Responses: { UnicornAlerts: found },
      UnprocessedKeys: unread.length === 0 ? {} : { UnicornAlerts: { Keys: unread } },
    };
  }

  function put(command: PutItemCommand): PutItemCommandOutput {
    const { Item, ConditionExpression, ExpressionAttributeValues, TableName } = command.input;
    expect(TableName).toBe('UnicornAlerts');
    const held = items.get(Item!.Name!.S!)?.SequenceNumber;
    const holds =
      ConditionExpression === 'attribute_not_exists(SequenceNumber)'
        ? held === undefined
        : ConditionExpression === 'SequenceNumber = :unchanged' &&
          held === ExpressionAttributeValues?.[':unchanged']?.S;
    if (!holds) throw serviceError('ConditionalCheckFailedException', 400, 'The conditional request failed');
    const attributes = Object.entries(Item!).map(([name, value]) => [name, value.S] as const);
    items.set(Item!.Name!.S!, Object.fromEntries(attributes));
    return { $metadata: {} };
  }

  return { items, published, connect, requests: () => requests };
}

type World = ReturnType<typeof createWorld>;

/** A warm environment of the function: its memory lasts from one invocation to the next. */
function createEnvironment(world: World) {
  const memory = createMemory(1_000);
  /** @returns the sequence number to deliver again from, or undefined; DEAD when the process ended */
  return async (
    stream: readonly Sent[],
    from: number,
    to: number,
  ): Promise<string | undefined | typeof DEAD> => {
    const effort = virtualEffort(9_000);
    let die = () => {};
    const death = new Promise<typeof DEAD>((resolve) => {
      die = () => resolve(DEAD);
    });
    const { dynamodb, sns } = world.connect(effort, die);
    const table = createAlertTable({ client: dynamodb, tableName: 'UnicornAlerts' });
    const publish = createTopic({ client: sns, topicArn: 'arn:topic' });
    const event = kinesisEvent(stream.slice(from, to).map((sent, at) => recordOf(sent, from + at)));
    const invocation = async () => {
      const records = decodeRecords(event, decodeReading);
      const verdicts = await followMagic(
        records,
        { table, publish, memory, observer: silentObserver },
        effort,
      );
      return batchResponse(await settle(records, verdicts)).batchItemFailures[0]?.itemIdentifier;
    };
    return Promise.race([invocation(), death]);
  };
}

/** Alerts in order, of each episode and state the first only: what a subscriber makes of the topic. */
function deduplicated(published: readonly string[]): Alert[] {
  const seen = new Set<string>();
  return published
    .map((message) => JSON.parse(message) as Alert)
    .filter(({ episode, state }) => {
      const key = `${episode} ${state}`;
      return !seen.has(key) && seen.add(key);
    });
}

/** What is to be published, worked out from the stream as a whole, one unicorn after the other. */
function oracle(stream: readonly Sent[]): Map<string, Alert[]> {
  const alerts = new Map<string, Alert[]>();
  for (const name of new Set(stream.map((sent) => sent.name))) {
    const told: Alert[] = [];
    let open = '';
    let last = Number.NEGATIVE_INFINITY;
    for (const { name: other, second, magicPoints, kind } of stream) {
      if (other !== name || kind !== undefined || second <= last) continue;
      const statusTime = new Date(START + second * 1000).toISOString().replace('T', ' ').replace('Z', '');
      if (open === '' && magicPoints < 50) {
        open = `${name}@${statusTime}`;
        told.push({ name, state: 'firing', magicPoints, episode: open, statusTime });
        last = second;
      } else if (open !== '' && magicPoints >= 55) {
        told.push({ name, state: 'recovered', magicPoints, episode: open, statusTime });
        open = '';
        last = second;
      }
    }
    if (told.length > 0) alerts.set(name, told);
  }
  return alerts;
}

function byName(alerts: readonly Alert[]): Map<string, Alert[]> {
  const grouped = new Map<string, Alert[]>();
  for (const alert of alerts) grouped.set(alert.name, [...(grouped.get(alert.name) ?? []), alert]);
  return grouped;
}

function rideOf(magic: readonly number[], name = 'Rocinante'): Sent[] {
  return magic.map((magicPoints, second) => ({ name, second, magicPoints }));
}

const name = fc.constantFrom('Rocinante', 'Bucephalus', '🦄');
const magicPoints = fc.integer({ min: 46, max: 58 });

/** How the stream reaches the function: batch sizes, steps back to what was handled already, and which environment is warm. */
const delivery = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: 12 }),
    back: fc.constantFrom(0, 0, 0, 1, 5),
    environment: fc.nat(2),
  }),
  { minLength: 1, maxLength: 20 },
);
const schedule = fc.array(fc.constantFrom(...DISASTERS), { maxLength: 40 });

async function deliver(
  stream: readonly Sent[],
  steps: readonly { readonly size: number; readonly back: number; readonly environment: number }[],
  disasters: readonly Disaster[],
): Promise<World> {
  const world = createWorld([...disasters]);
  const environments = new Map<number, ReturnType<typeof createEnvironment>>();
  let from = 0;
  for (let invocations = 0; from < stream.length; invocations++) {
    expect(invocations).toBeLessThan(5 * (stream.length + disasters.length) + 10);
    const { size, back, environment } = steps[invocations % steps.length]!;
    // Steps back end with the schedule, so that the stream does, too.
    if (invocations < 2 * steps.length) from = Math.max(0, from - back);
    const invoke = environments.get(environment) ?? createEnvironment(world);
    environments.set(environment, invoke);
    const to = Math.min(stream.length, from + size);
    const answer = await invoke(stream, from, to);
    if (answer === DEAD) environments.delete(environment);
    else from = answer === undefined ? to : Number(answer.slice(-9));
  }
  return world;
}

describe('the low-magic alert', () => {
  it('tells each episode once when it opens and once when it ends', async () => {
    const stream = rideOf([60, 51, 50, 49, 40, 49, 52, 54, 55, 54, 50, 48, 90]);
    const world = createWorld();
    expect(await createEnvironment(world)(stream, 0, stream.length)).toBeUndefined();
    expect(world.published.map((message) => JSON.parse(message))).toEqual([
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
      Name: 'Rocinante',
      State: 'recovered',
      Episode: 'Rocinante@2026-01-01 00:00:11.000',
      StatusTime: '2026-01-01 00:00:12.000',
      SequenceNumber: sequenceNumber(12),
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
    expect(world.requests()).toBe(3);
    await invoke(stream, 250, 1_000);
    expect(world.requests()).toBe(3);
  });

  it('publishes what another environment left pending, before anything else', async () => {
    const world = createWorld(['none', 'none', 'dies']);
    const stream = rideOf([49, 60, 40]);
    expect(await createEnvironment(world)(stream, 0, 1)).toBe(DEAD);
    expect(world.published).toEqual([]);
    await createEnvironment(world)(stream, 0, 3);
    expect(deduplicated(world.published)).toEqual(oracle(stream).get('Rocinante'));
    expect(world.items.get('Rocinante')?.Pending).toBeUndefined();
  });

  it('decides anew when another environment was faster', async () => {
    const world = createWorld();
    const stream = rideOf([60, 49, 50, 56, 45]);
    const slow = createEnvironment(world);
    await slow(stream, 0, 1);
    await createEnvironment(world)(stream, 1, 4);
    // It still takes the unicorn for well: its readings follow one another, delivered again.
    await slow(stream, 1, 5);
    expect(deduplicated(world.published)).toEqual(oracle(stream).get('Rocinante'));
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
    [
      'the record that opens the episode when it cannot be published',
      [
        ['none', 2],
        ['broken', 8],
      ],
      2,
    ],
    [
      'the record that ends the episode when that cannot be published',
      [
        ['none', 5],
        ['broken', 8],
      ],
      6,
    ],
  ] as const)('fails from %s, and no record of others', async (_, faults, expected) => {
    const stream = rideOf([60, 49, 52, 56]).flatMap((sent) => [
      sent,
      { ...sent, name: 'Bucephalus', magicPoints: 90 },
    ]);
    // Bucephalus is well, and known before.
    const world = createWorld();
    const failing = createWorld(faults.flatMap(([fault, times]) => Array<Disaster>(times).fill(fault)));
    expect(await createEnvironment(world)(stream, 0, stream.length)).toBeUndefined();
    expect(await createEnvironment(failing)(stream, 0, stream.length)).toBe(sequenceNumber(expected));
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
      const schedule: Disaster[] = [];
      const world = createWorld(schedule);
      const first = createEnvironment(world);
      await first(stream, 0, 1);
      await createEnvironment(world)(stream, 1, 2);
      schedule.push(...afterwards);
      return { world, answer: await first(stream, 2, 4) };
    };
    const { world, answer } = await turns([]);
    expect(answer).toBeUndefined();
    expect(deduplicated(world.published)).toEqual(oracle(stream).get('Rocinante'));

    const unread = await turns(['none', ...Array<Disaster>(8).fill('broken')]);
    expect(unread.answer).toBe(sequenceNumber(2));
  });

  it('forgets what it knew of a unicorn whose records failed', async () => {
    const stream: Sent[] = [
      { name: 'Rocinante', second: 5, magicPoints: 60 },
      { name: 'Rocinante', second: 3, magicPoints: 49 },
      { name: 'Rocinante', second: 6, magicPoints: 60 },
    ];
    const world = createWorld([...Array<Disaster>(5).fill('none'), ...Array<Disaster>(8).fill('broken')]);
    const invoke = createEnvironment(world);
    await invoke(stream, 0, 1);
    expect(await invoke(stream, 1, 3)).toBe(sequenceNumber(2));
    expect(await invoke(stream, 2, 3)).toBeUndefined();
    expect(deduplicated(world.published)).toEqual(oracle(stream).get('Rocinante'));
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

  it('mends an item that someone else wrote', async () => {
    const world = createWorld();
    world.items.set('Rocinante', { Name: 'Rocinante', State: 'well', StatusTime: 'yesterday' });
    const stream = rideOf([60, 49]);
    expect(await createEnvironment(world)(stream, 0, 2)).toBeUndefined();
    expect(deduplicated(world.published)).toEqual(oracle(stream).get('Rocinante'));
  });

  it('tells the same of any stream, however it is delivered, whatever fails and whenever it crashes', async () => {
    // Seconds in any order, several times, with gaps; one environment at a time, as long as it lives.
    const sent = fc.record({
      name,
      second: fc.nat(60),
      magicPoints,
      kind: fc.constantFrom(
        undefined,
        undefined,
        undefined,
        undefined,
        'malformed' as const,
        'from the future' as const,
      ),
    });
    const stream = fc
      .array(sent, { maxLength: 60 })
      .map((all) => all.map(({ kind, ...rest }) => (kind ? { ...rest, kind } : rest)));
    await fc.assert(
      fc.asyncProperty(stream, delivery, schedule, async (readings, steps, disasters) => {
        const alone = steps.map((step) => ({ ...step, environment: 0 }));
        const world = await deliver(readings, alone, disasters);
        expect(byName(deduplicated(world.published))).toEqual(oracle(readings));
      }),
      { numRuns: 300 },
    );
  });

  it('tells the same when several environments take turns on a stream of one reading a second', async () => {
    const fleet = fc.array(fc.array(magicPoints, { maxLength: 40 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fleet, delivery, schedule, async (rides, steps, disasters) => {
        const unicorns = rides.map((magic, n) => rideOf(magic, `unicorn ${n}`));
        const stream = unicorns.flat().sort((a, b) => a.second - b.second);
        const world = await deliver(stream, steps, disasters);
        expect(byName(deduplicated(world.published))).toEqual(oracle(stream));
      }),
      { numRuns: 300 },
    );
  });
});
