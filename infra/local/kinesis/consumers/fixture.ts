import {
  CreateStreamCommand,
  KinesisClient,
  PutRecordCommand,
  RegisterStreamConsumerCommand,
  type StartingPosition,
  SubscribeToShardCommand,
  type SubscribeToShardEvent,
  type SubscribeToShardEventStream,
} from '@aws-sdk/client-kinesis';
import { onTestFinished } from 'vitest';
import { sdkConfig } from '../../gateway/fixture.ts';
import { type Gateway, openGateway } from '../../gateway/gateway.ts';
import { type Bench, bench, type HandClock } from '../fixture.ts';
import type { KinesisOptions } from '../service.ts';
import type { Timer } from './timer.ts';

/** For this folder's tests: a Kinesis on a port, clients of the SDK at its defaults, and time that is moved by hand. */
export interface FanOut {
  readonly bench: Bench;
  readonly gateway: Gateway;
  readonly time: HandTime;
  /** HTTP/2, as the SDK speaks to Kinesis. */
  readonly client: KinesisClient;
  /** Another client, destroyed after the test as well. */
  another(configuration?: object): KinesisClient;
  createStream(shardCount?: number): Promise<void>;
  /** Registers a consumer of stream `s`; its ARN. */
  register(name?: string): Promise<string>;
  put(...texts: string[]): Promise<void>;
  subscribe(consumerArn: string, more?: Subscribing): Promise<Reader>;
}

export interface Subscribing {
  readonly from?: StartingPosition;
  readonly shard?: number;
  readonly client?: KinesisClient;
  /** Breaks the events off. */
  readonly abortSignal?: AbortSignal;
}

const TRIM_HORIZON: StartingPosition = { Type: 'TRIM_HORIZON' };

export async function fanOut(options: Partial<KinesisOptions> = {}): Promise<FanOut> {
  const time = new HandTime();
  const b = await bench({ timer: time.timer, ...options });
  time.clock = b.clock;
  const gateway = await openGateway({ port: 0, services: [b.kinesis], log: (line) => b.logged.push(line) });
  onTestFinished(async () => {
    b.kinesis.endSubscriptions();
    await gateway.close(0);
  });
  const another = (configuration: object = {}): KinesisClient => {
    const made = new KinesisClient({ ...sdkConfig(gateway), ...configuration });
    onTestFinished(() => made.destroy());
    return made;
  };
  const client = another();
  const streamArn = 'arn:aws:kinesis:us-west-2:000000000000:stream/s';
  return {
    bench: b,
    gateway,
    time,
    client,
    another,
    async createStream(ShardCount = 1) {
      await client.send(new CreateStreamCommand({ StreamName: 's', ShardCount }));
    },
    async register(ConsumerName = 'c') {
      const command = new RegisterStreamConsumerCommand({ StreamARN: streamArn, ConsumerName });
      return (await client.send(command)).Consumer!.ConsumerARN!;
    },
    async put(...texts) {
      for (const text of texts) {
        await client.send(
          new PutRecordCommand({ StreamName: 's', PartitionKey: 'k', Data: Buffer.from(text) }),
        );
      }
    },
    async subscribe(ConsumerARN, { from = TRIM_HORIZON, shard = 0, client: by = client, ...options } = {}) {
      const ShardId = `shardId-${String(shard).padStart(12, '0')}`;
      const command = new SubscribeToShardCommand({ ConsumerARN, ShardId, StartingPosition: from });
      return new Reader((await by.send(command, options)).EventStream!);
    },
  };
}

/** Takes events one after another. */
export class Reader {
  readonly #events: AsyncIterator<SubscribeToShardEventStream>;

  constructor(events: AsyncIterable<SubscribeToShardEventStream>) {
    this.#events = events[Symbol.asyncIterator]();
  }

  /** The next event; undefined at the end. */
  async event(): Promise<SubscribeToShardEvent | undefined> {
    const { value, done } = await this.#events.next();
    return done ? undefined : value.SubscribeToShardEvent;
  }

  /** The next records' data, as text, over as many events as it takes. */
  async texts(count: number): Promise<string[]> {
    const read: string[] = [];
    while (read.length < count) {
      const event = await this.event();
      if (event === undefined) throw new Error(`the events ended after ${read.length} of ${count} records`);
      read.push(...event.Records!.map(({ Data }) => Buffer.from(Data!).toString()));
    }
    return read;
  }
}

/** Timers that go off when time is moved on. */
export class HandTime {
  clock: HandClock | undefined;
  readonly #pending = new Set<{ readonly at: number; readonly call: () => void }>();

  readonly timer: Timer = (milliseconds, call) => {
    const entry = { at: (this.clock?.elapsed ?? 0) + milliseconds, call };
    this.#pending.add(entry);
    return () => this.#pending.delete(entry);
  };

  /** Timers that have not gone off. */
  get pending(): number {
    return this.#pending.size;
  }

  advance(milliseconds: number): void {
    const { clock } = this;
    if (clock === undefined) throw new Error('there is no clock yet');
    clock.elapsed += milliseconds;
    clock.time += milliseconds;
    for (const entry of [...this.#pending].filter(({ at }) => at <= clock.elapsed)) {
      this.#pending.delete(entry);
      entry.call();
    }
  }
}
