import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  PutItemCommand,
  type PutItemCommandOutput,
  type ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { PublishCommand, PublishCommandOutput } from '@aws-sdk/client-sns';
import { expect } from 'vitest';
import { decodeReading, encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import {
  FAULTS,
  kinesisEvent,
  kinesisRecord,
  serviceError,
  silentObserver,
  underFault,
  type VirtualEffort,
  virtualEffort,
} from '../fixture.ts';
import type { Observer } from '../observer.ts';
import { decodeRecords } from '../records.ts';
import { batchResponse, settle } from '../settle.ts';
import { createAlertTable, type ReadsAndPutsItems } from './alert-table.ts';
import { followMagic } from './logic.ts';
import { createMemory } from './memory.ts';
import { createOutbox } from './outbox.ts';
import { alertRules, type Rules } from './rules.ts';
import { createTopic, type Publishes } from './topic.ts';

/** What the tests of the alert are made of: streams of readings, a table and a topic that outlive environments, and environments that end. */

export const START = Date.UTC(2026, 0, 1);

/** Both vitals watched, and told again after 10 s. */
export const RULES: Rules = alertRules({ HEALTH_BELOW: '20', STILL_FIRING_AFTER: '10' });

/** One record of the stream: a reading, or something that is none. */
export interface Sent {
  readonly name: string;
  /** Of StatusTime, after START. */
  readonly second: number;
  readonly magicPoints: number;
  /** Default 150. */
  readonly healthPoints?: number;
  readonly kind?: 'malformed' | 'from the future';
}

function recordOf({ name, second, magicPoints, healthPoints = 150, kind }: Sent, n: number) {
  const instant = START + second * 1000;
  const reading = {
    Name: name,
    StatusTime: formatStatusTime(instant),
    Latitude: 40.7,
    Longitude: -73.9,
    Distance: 30,
    MagicPoints: magicPoints,
    HealthPoints: healthPoints,
  };
  return kinesisRecord({
    n,
    key: name,
    data: kind === 'malformed' ? '{"Name":' : encodeReading(reading),
    arrival: kind === 'from the future' ? instant - 300_001 : instant,
  });
}

/** A ride of one reading a second. */
export function rideOf(magic: readonly number[], name = 'Rocinante'): Sent[] {
  return magic.map((magicPoints, second) => ({ name, second, magicPoints }));
}

/** What a request meets: a fault, or the end of its process before (`dies`) or after (`dies after`) it took effect. */
export const DISASTERS = [...FAULTS, 'dies', 'dies after'] as const;
export type Disaster = (typeof DISASTERS)[number];

/** A process that died: whatever it still waits for, nothing of it goes on. */
export const DEAD = Symbol('dead');

/** What the topic does with every message while it is down: the ways of `FAULTS`, or refusing it for good. */
export type Outage = 'broken' | 'throttled' | 'hangs' | 'refused';

type Item = Readonly<Record<string, AttributeValue>>;

/** Items in one page of a scan. */
const PAGE = 3;

export type World = ReturnType<typeof createWorld>;

/**
 * The table and the topic, the only things that outlive an environment.
 *
 * @param schedule what goes wrong with either, request by request
 */
export function createWorld(schedule: Disaster[] = []) {
  const items = new Map<string, Item>();
  const published: string[] = [];
  const state = {
    outage: undefined as Outage | undefined,
    /** A unicorn of which every message is refused. */
    refuses: undefined as string | undefined,
    /** Milliseconds. */
    time: 0,
    requests: 0,
    scans: 0,
    publishes: 0,
  };

  const serve = <R>(
    effort: VirtualEffort,
    signal: AbortSignal,
    die: () => void,
    act: (leave: number) => R,
  ): R | Promise<R> => {
    state.requests++;
    const disaster = schedule.shift() ?? 'none';
    if (disaster !== 'dies' && disaster !== 'dies after') return underFault(disaster, effort, signal, act);
    if (disaster === 'dies after') act(0);
    die();
    return new Promise<R>(() => {});
  };

  /** Clients for one invocation. */
  const connect = (effort: VirtualEffort, die: () => void) => {
    const dynamodb = {
      send: async (
        command: BatchGetItemCommand | PutItemCommand | ScanCommand,
        { abortSignal }: { abortSignal: AbortSignal },
      ) =>
        serve<BatchGetItemCommandOutput | PutItemCommandOutput | ScanCommandOutput>(
          effort,
          abortSignal,
          die,
          (leave) => {
            if (command instanceof BatchGetItemCommand) return read(command, leave);
            return command instanceof PutItemCommand ? put(command) : scan(command);
          },
        ),
    } as unknown as ReadsAndPutsItems;
    const sns: Publishes = {
      send: async (command: PublishCommand, { abortSignal }): Promise<PublishCommandOutput> => {
        state.publishes++;
        const name = command.input.MessageAttributes?.Name?.StringValue;
        if (state.refuses !== undefined && name === state.refuses) {
          throw serviceError('InvalidParameterException', 400);
        }
        if (state.outage === 'refused') throw serviceError('AuthorizationErrorException', 403);
        if (state.outage !== undefined) return underFault(state.outage, effort, abortSignal, () => failed());
        return serve(effort, abortSignal, die, () => {
          published.push(messageOf(command));
          return { $metadata: {} };
        });
      },
    };
    return { dynamodb, sns };
  };

  function read(command: BatchGetItemCommand, leave: number): BatchGetItemCommandOutput {
    const { Keys = [], ConsistentRead } = command.input.RequestItems!.UnicornAlerts!;
    expect(ConsistentRead).toBe(true);
    expect(Keys.length).toBeLessThanOrEqual(100);
    const unread = Keys.slice(0, leave);
    return {
      $metadata: {},
      Responses: {
        UnicornAlerts: Keys.slice(leave).flatMap((key) => {
          const item = items.get(key.Name!.S!);
          return item === undefined ? [] : [item];
        }),
      },
      UnprocessedKeys: unread.length === 0 ? {} : { UnicornAlerts: { Keys: unread } },
    };
  }

  function put(command: PutItemCommand): PutItemCommandOutput {
    const { Item, ConditionExpression, ExpressionAttributeValues, TableName } = command.input;
    expect(TableName).toBe('UnicornAlerts');
    const held = items.get(Item!.Name!.S!)?.SequenceNumber?.S;
    const holds =
      ConditionExpression === 'attribute_not_exists(SequenceNumber)'
        ? held === undefined
        : ConditionExpression === 'SequenceNumber = :unchanged' &&
          held === ExpressionAttributeValues?.[':unchanged']?.S;
    if (!holds) throw serviceError('ConditionalCheckFailedException', 400, 'The conditional request failed');
    items.set(Item!.Name!.S!, Item!);
    return { $metadata: {} };
  }

  function scan(command: ScanCommand): ScanCommandOutput {
    state.scans++;
    const { TableName, FilterExpression, ConsistentRead, ExclusiveStartKey } = command.input;
    expect([TableName, FilterExpression]).toEqual(['UnicornAlerts', 'attribute_exists(Pending)']);
    expect(ConsistentRead).toBe(true);
    const names = [...items.keys()].sort();
    const from = names.findIndex((name) => name > (ExclusiveStartKey?.Name?.S ?? ''));
    const page = from === -1 ? [] : names.slice(from, from + PAGE);
    const last = page.at(-1);
    return {
      $metadata: {},
      Items: page
        .filter((name) => items.get(name)!.Pending !== undefined)
        .map((name) => ({ Name: { S: name } })),
      ...(last === undefined || last === names.at(-1) ? {} : { LastEvaluatedKey: { Name: { S: last } } }),
    };
  }

  return { items, published, connect, schedule, state };
}

function failed(): never {
  throw new Error('a fault was to happen');
}

/** The JSON that machines get. */
function messageOf({ input }: PublishCommand): string {
  expect(input.TopicArn).toBe('arn:topic');
  if (input.MessageStructure === undefined) return input.Message!;
  return (JSON.parse(input.Message!) as { default: string }).default;
}

/** A warm environment of the function: what it knows lasts from one invocation to the next. */
export function createEnvironment(world: World, rules = RULES, observer: Observer = silentObserver) {
  const memory = createMemory(1_000);
  let clients: ReturnType<World['connect']>;
  let dead = false;
  const alive = <R>(request: () => Promise<R>) => (dead ? new Promise<R>(() => {}) : request());
  /** Milliseconds of the invocation that is under way. */
  let spent = () => 0;
  const table = createAlertTable({
    client: {
      send: (command: never, given: never) => alive(() => clients.dynamodb.send(command, given)),
    } as unknown as ReadsAndPutsItems,
    tableName: 'UnicornAlerts',
  });
  const publish = createTopic({
    client: { send: (command, options) => alive(() => clients.sns.send(command, options)) },
    topicArn: 'arn:topic',
  });
  const outbox = createOutbox({
    table,
    publish,
    memory,
    observer,
    now: () => world.state.time + spent(),
    most: 50,
  });
  /** @returns the sequence number to deliver again from, or undefined; DEAD when the process ended */
  return async (
    stream: readonly Sent[],
    from: number,
    to: number,
  ): Promise<string | undefined | typeof DEAD> => {
    const budget = 9_000;
    const effort = virtualEffort(budget);
    spent = () => budget - effort.remaining();
    let die = () => {};
    const death = new Promise<typeof DEAD>((resolve) => {
      die = () => {
        dead = true;
        resolve(DEAD);
      };
    });
    clients = world.connect(effort, () => die());
    const event = kinesisEvent(stream.slice(from, to).map((sent, at) => recordOf(sent, from + at)));
    const invocation = async () => {
      const records = decodeRecords(event, decodeReading);
      const verdicts = await followMagic(records, { table, outbox, memory, observer, rules }, effort);
      return batchResponse(await settle(records, verdicts)).batchItemFailures[0]?.itemIdentifier;
    };
    const answer = await Promise.race([invocation(), death]);
    world.state.time += spent() + 100;
    spent = () => 0;
    return answer;
  };
}

export interface Delivered {
  readonly size: number;
  /** Records that are delivered again first. */
  readonly back: number;
  /** Which of the warm environments gets it. */
  readonly environment: number;
}

/** Delivers a stream to its end, however often it takes. @returns how many records had to come again */
export async function deliver(
  world: World,
  stream: readonly Sent[],
  steps: readonly Delivered[],
  before: (invocation: number) => void = () => {},
): Promise<number> {
  const most = 5 * (stream.length + world.schedule.length) + 10;
  const environments = new Map<number, ReturnType<typeof createEnvironment>>();
  let failures = 0;
  let from = 0;
  for (let invocations = 0; from < stream.length; invocations++) {
    expect(invocations).toBeLessThan(most);
    before(invocations);
    const { size, back, environment } = steps[invocations % steps.length]!;
    // Steps back end with the schedule, so that the stream does, too.
    if (invocations < 2 * steps.length) from = Math.max(0, from - back);
    const invoke = environments.get(environment) ?? createEnvironment(world);
    environments.set(environment, invoke);
    const to = Math.min(stream.length, from + size);
    const answer = await invoke(stream, from, to);
    if (answer === DEAD) environments.delete(environment);
    else from = answer === undefined ? to : Number(answer.slice(-9));
    if (answer !== undefined) failures++;
  }
  return failures;
}

/** Time goes by, and unicorns that are well ride on, until nothing is pending. */
export async function calmDown(world: World): Promise<void> {
  let invoke = createEnvironment(world);
  for (let minute = 0; world.schedule.length > 0 || leftPending(world) > 0; minute++) {
    expect(minute).toBeLessThan(100);
    world.state.time += 60_000;
    const well = { name: 'Closer', second: 1_000_000 + minute, magicPoints: 150 };
    if ((await invoke([well], 0, 1)) === DEAD) invoke = createEnvironment(world);
  }
}

/** Unicorns of which something is pending. */
export function leftPending({ items }: World): number {
  return [...items.values()].filter(({ Pending }) => Pending !== undefined).length;
}
