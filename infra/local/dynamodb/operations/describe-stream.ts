import { jsonOperation } from '../../protocol/operation.ts';
import type { Shape } from '../../protocol/validation.ts';
import { type Context, namedStream, type Operation, SHARD_ID, STREAM_ARN } from '../streams/operation.ts';
import type { TableStream } from '../streams/table-stream.ts';

const SHAPE = {
  ExclusiveStartShardId: SHARD_ID,
  Limit: { type: 'Integer', min: 1, max: 100 },
  ShardFilter: {
    type: 'Structure',
    members: { ShardId: SHARD_ID, Type: { type: 'String', oneOf: ['CHILD_SHARDS'] } },
  },
  StreamArn: { ...STREAM_ARN, required: true },
} as const satisfies Shape;

/**
 * A stream and its one shard. A filter for child shards leaves none.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html
 */
export const describeStream: Operation = jsonOperation(
  SHAPE,
  ({ StreamArn, ExclusiveStartShardId: after = '', ShardFilter: filter }, context: Context) => {
    const stream = namedStream(StreamArn, context);
    const listed = filter?.Type === undefined && stream.shardId > after;
    const { id, tableName, keySchema, viewType } = stream.entry;
    return {
      StreamDescription: {
        StreamArn: stream.streamArn,
        StreamLabel: stream.label,
        StreamStatus: stream.closed ? 'DISABLED' : 'ENABLED',
        StreamViewType: viewType,
        CreationRequestDateTime: id / 1000,
        TableName: tableName,
        KeySchema: keySchema,
        Shards: listed ? [shardOf(stream)] : [],
      },
    };
  },
  'A stream has one shard for as long as it lasts; on AWS shards are replaced by others every few hours, and split.',
);

function shardOf({ shardId, startingSequenceNumber, endingSequenceNumber }: TableStream): object {
  return {
    ShardId: shardId,
    SequenceNumberRange: {
      StartingSequenceNumber: startingSequenceNumber,
      ...(endingSequenceNumber === undefined ? {} : { EndingSequenceNumber: endingSequenceNumber }),
    },
  };
}
