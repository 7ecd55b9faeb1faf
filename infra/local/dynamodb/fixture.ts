import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  type StreamViewType,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type ShardIteratorType,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../../telemetry/clock.ts';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import { createDynamoDB, type DynamoDBOptions } from './service.ts';

const BEGINNING = Date.parse('2026-01-01T00:00:00.250Z');

/** For tests: DynamoDB and its streams behind a gateway, as SDK clients see them. All is closed by `closeAll`. */
export class DynamoDBFixture {
  readonly #gateways = new GatewayFixture();
  /** What the streams go by: set them as you like; `closeAll` sets them back. */
  now = BEGINNING;
  monotonic = 0;
  readonly clock: Clock = { now: () => this.now, monotonic: () => this.monotonic };
  readonly log: string[] = [];

  async open(options: Partial<DynamoDBOptions> = {}) {
    const service = await createDynamoDB({
      folder: null,
      clock: this.clock,
      log: (line) => this.log.push(line),
      ...options,
    });
    const gateway = await this.#gateways.open([service]);
    const client = this.#gateways.client(new DynamoDBClient(sdkConfig(gateway)));
    const streams = this.#gateways.client(new DynamoDBStreamsClient(sdkConfig(gateway)));
    return {
      service,
      client,
      documents: DynamoDBDocumentClient.from(client),
      streams,
      reader: new StreamReader(streams),
    };
  }

  async closeAll(): Promise<void> {
    await this.#gateways.closeAll();
    this.now = BEGINNING;
    this.monotonic = 0;
  }
}

/** A table of rides, keyed by Name and step, with a stream if a view is named. */
export function ridesTable(
  view?: StreamViewType,
  more: Partial<CreateTableCommandInput> = {},
): CreateTableCommand {
  return new CreateTableCommand({
    TableName: 'Rides',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'Name', AttributeType: 'S' },
      { AttributeName: 'step', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'Name', KeyType: 'HASH' },
      { AttributeName: 'step', KeyType: 'RANGE' },
    ],
    ...(view && { StreamSpecification: { StreamEnabled: true, StreamViewType: view } }),
    ...more,
  });
}

/** Turns a table's stream on with a view, or off. */
export function setStream(view: StreamViewType | undefined, TableName = 'Rides'): UpdateTableCommand {
  return new UpdateTableCommand({
    TableName,
    StreamSpecification:
      view === undefined ? { StreamEnabled: false } : { StreamEnabled: true, StreamViewType: view },
  });
}

/** Reads streams as their clients do. */
export class StreamReader {
  readonly #client: DynamoDBStreamsClient;

  constructor(client: DynamoDBStreamsClient) {
    this.#client = client;
  }

  /** ARNs of a table's streams, the oldest first. */
  async arns(TableName = 'Rides'): Promise<string[]> {
    const { Streams = [] } = await this.#client.send(new ListStreamsCommand({ TableName }));
    return Streams.map(({ StreamArn = '' }) => StreamArn);
  }

  async describe(StreamArn: string) {
    const { StreamDescription } = await this.#client.send(new DescribeStreamCommand({ StreamArn }));
    return StreamDescription!;
  }

  async iterator(
    StreamArn: string,
    ShardIteratorType: ShardIteratorType = 'TRIM_HORIZON',
    SequenceNumber?: string,
  ): Promise<string> {
    const { Shards: [shard] = [] } = await this.describe(StreamArn);
    const { ShardIterator = '' } = await this.#client.send(
      new GetShardIteratorCommand({ StreamArn, ShardId: shard?.ShardId, ShardIteratorType, SequenceNumber }),
    );
    return ShardIterator;
  }

  async get(ShardIterator: string, Limit?: number) {
    const { Records: records = [], NextShardIterator: next } = await this.#client.send(
      new GetRecordsCommand({ ShardIterator, Limit }),
    );
    return { records, next };
  }

  /** All records from an iterator on, until a call gives none or nothing follows. */
  async from(iterator: string): Promise<StreamRecord[]> {
    const all: StreamRecord[] = [];
    for (let at: string | undefined = iterator; at !== undefined; ) {
      const { records, next } = await this.get(at);
      all.push(...records);
      at = records.length === 0 ? undefined : next;
    }
    return all;
  }

  /** All records of a table's only, or latest, stream. */
  async all(TableName = 'Rides'): Promise<StreamRecord[]> {
    const arn = (await this.arns(TableName)).at(-1);
    return this.from(await this.iterator(arn ?? ''));
  }
}
