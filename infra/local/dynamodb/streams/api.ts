import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../../telemetry/clock.ts';
import type { Service } from '../../gateway/service.ts';
import { Tokens } from '../../kinesis/tokens.ts';
import { createJsonService } from '../../protocol/json-service.ts';
import { describeStream } from '../operations/describe-stream.ts';
import { getRecords } from '../operations/get-records.ts';
import { getShardIterator } from '../operations/get-shard-iterator.ts';
import { listStreams } from '../operations/list-streams.ts';
import type { Context, Operation } from './operation.ts';
import type { TableStreams } from './table-streams.ts';

/** Before the dot of X-Amz-Target. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html */
export const STREAMS_TARGET = 'DynamoDBStreams_20120810';

/** A new operation is a file in operations/ and a line here. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['DescribeStream', describeStream],
  ['GetRecords', getRecords],
  ['GetShardIterator', getShardIterator],
  ['ListStreams', listStreams],
]);

/** Milliseconds that an iterator is good for. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html */
const ITERATOR_LIFETIME = 15 * 60 * 1000;

export interface StreamsApiOptions {
  readonly streams: TableStreams;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** The API of DynamoDB Streams: another target, at the same endpoint and under the same signing name as DynamoDB. */
export function createStreamsApi({ streams, clock, log }: StreamsApiOptions): Service {
  const tokens = new Tokens({
    process: randomUUID(),
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    lifetime: ITERATOR_LIFETIME,
  });
  const context: Context = { streams, tokens };
  return createJsonService<Context>({
    title: 'DynamoDB Streams',
    signingName: 'dynamodb',
    targetPrefixes: [STREAMS_TARGET],
    version: '1.0',
    maxBody: 1024 * 1024,
    operations: OPERATIONS,
    context: () => context,
    faultCode: 'InternalServerError',
    log,
  });
}
