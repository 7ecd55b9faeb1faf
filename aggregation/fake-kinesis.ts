import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';

/** What a test may do to a request: called before and after it takes effect; what it throws is the caller's answer. */
export type Interference = (operation: string, moment: 'before' | 'after') => void | Promise<void>;

interface FakeRecord {
  readonly SequenceNumber: string;
  readonly PartitionKey: string;
  readonly Data: Uint8Array;
  readonly ApproximateArrivalTimestamp: Date;
}

interface FakeShard {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly records: FakeRecord[];
  closed: boolean;
}

/** As much of Kinesis as the aggregation uses, in memory, for tests that break it on purpose. */
export class FakeKinesis {
  /** Records that an answer holds at most. */
  recordsPerAnswer = 10;
  readonly #streams = new Map<string, { shards: FakeShard[]; created: Date }>();
  #sequence = 0;
  #streamsMade = 0;

  create(streamName: string, shards = 1): void {
    this.#streams.set(streamName, {
      shards: Array.from({ length: shards }, (_, n) => newShard(n, [])),
      created: new Date(++this.#streamsMade),
    });
  }

  delete(streamName: string): void {
    this.#streams.delete(streamName);
  }

  put(
    streamName: string,
    shardNumber: number,
    data: string | Uint8Array,
    more: { key?: string; arrival?: number } = {},
  ) {
    const shard = this.#stream(streamName).shards[shardNumber]!;
    const record = {
      SequenceNumber: String(++this.#sequence).padStart(20, '0'),
      PartitionKey: more.key ?? 'key',
      Data: Buffer.from(data),
      ApproximateArrivalTimestamp: new Date(more.arrival ?? Date.now()),
    };
    shard.records.push(record);
    return { shardId: shard.shardId, sequenceNumber: record.SequenceNumber };
  }

  /** Closes shards and makes `into` new ones that continue them. */
  reshard(streamName: string, shardNumbers: readonly number[], into: number): void {
    const { shards } = this.#stream(streamName);
    const parents = shardNumbers.map((number) => shards[number]!);
    for (const parent of parents) parent.closed = true;
    for (let n = 0; n < into; n++) {
      shards.push(
        newShard(
          shards.length,
          parents.map((parent) => parent.shardId),
        ),
      );
    }
  }

  /** Texts of all records of a stream, in order of writing. */
  texts(streamName: string): string[] {
    return this.#stream(streamName)
      .shards.flatMap((shard) => shard.records)
      .map((record) => Buffer.from(record.Data).toString());
  }

  client(interfere: Interference = () => {}): KinesisClient {
    const send = async (command: object) => {
      const operation = command.constructor.name.replace(/Command$/, '');
      await interfere(operation, 'before');
      const answer = this.#answer(command);
      await interfere(operation, 'after');
      return answer;
    };
    return { send } as unknown as KinesisClient;
  }

  #answer(command: object): unknown {
    if (command instanceof DescribeStreamSummaryCommand) {
      const { created } = this.#stream(command.input.StreamName!);
      return { StreamDescriptionSummary: { StreamCreationTimestamp: created } };
    }
    if (command instanceof ListShardsCommand) {
      return {
        Shards: this.#stream(command.input.StreamName!).shards.map(({ shardId, parents, closed }) => ({
          ShardId: shardId,
          ParentShardId: parents[0],
          AdjacentParentShardId: parents[1],
          SequenceNumberRange: { EndingSequenceNumber: closed ? '9' : undefined },
        })),
      };
    }
    if (command instanceof GetShardIteratorCommand) {
      const { StreamName, ShardId, StartingSequenceNumber } = command.input;
      const { shards } = this.#stream(StreamName!);
      const number = shards.findIndex((shard) => shard.shardId === ShardId);
      const after = shards[number]!.records.findIndex((r) => r.SequenceNumber === StartingSequenceNumber);
      if (StartingSequenceNumber !== undefined && after < 0) throw serviceError('InvalidArgumentException');
      return { ShardIterator: JSON.stringify([StreamName, number, after + 1]) };
    }
    if (command instanceof GetRecordsCommand) return this.#getRecords(command);
    if (command instanceof PutRecordsCommand) {
      const { StreamName, Records } = command.input;
      this.#stream(StreamName!);
      return {
        FailedRecordCount: 0,
        Records: Records!.map(({ PartitionKey, Data }) => {
          const put = this.put(StreamName!, 0, Data!, { key: PartitionKey! });
          return { ShardId: put.shardId, SequenceNumber: put.sequenceNumber };
        }),
      };
    }
    throw new Error(`the fake knows no ${command.constructor.name}`);
  }

  #getRecords(command: GetRecordsCommand): unknown {
    const [streamName, number, from] = JSON.parse(command.input.ShardIterator!) as [string, number, number];
    const { shards } = this.#stream(streamName);
    const shard = shards[number]!;
    const to = from + Math.min(this.recordsPerAnswer, command.input.Limit!);
    const next = shard.records[to];
    const ended = shard.closed && next === undefined;
    return {
      Records: shard.records.slice(from, to),
      MillisBehindLatest:
        next === undefined ? 0 : Math.max(1, Date.now() - next.ApproximateArrivalTimestamp.getTime()),
      NextShardIterator: ended
        ? undefined
        : JSON.stringify([streamName, number, Math.min(to, shard.records.length)]),
      ChildShards: ended
        ? shards
            .filter((child) => child.parents.includes(shard.shardId))
            .map((child) => ({ ShardId: child.shardId, ParentShards: child.parents }))
        : undefined,
    };
  }

  #stream(streamName: string) {
    const stream = this.#streams.get(streamName);
    if (stream === undefined) throw serviceError('ResourceNotFoundException');
    return stream;
  }
}

function newShard(number: number, parents: readonly string[]): FakeShard {
  return { shardId: `shardId-${String(number).padStart(12, '0')}`, parents, records: [], closed: false };
}

function serviceError(name: string): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400 } });
}
