import { jsonOperation } from '../../protocol/operation.ts';
import type { Input, Shape } from '../../protocol/validation.ts';
import { invalid, trimmed } from '../streams/errors.ts';
import {
  type Context,
  issueIterator,
  namedShard,
  type Operation,
  SEQUENCE_NUMBER,
  SHARD_ID,
  STREAM_ARN,
} from '../streams/operation.ts';
import type { TableStream } from '../streams/table-stream.ts';

const SHAPE = {
  SequenceNumber: SEQUENCE_NUMBER,
  ShardId: { ...SHARD_ID, required: true },
  ShardIteratorType: {
    type: 'String',
    required: true,
    oneOf: ['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'],
  },
  StreamArn: { ...STREAM_ARN, required: true },
} as const satisfies Shape;

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html */
export const getShardIterator: Operation = jsonOperation(SHAPE, async (input, context: Context) => {
  const stream = namedShard(input.StreamArn, input.ShardId, context);
  await context.streams.trim(stream);
  return { ShardIterator: issueIterator({ stream, index: startOf(input, stream) }, context) };
});

function startOf(input: Input<typeof SHAPE>, stream: TableStream): number {
  const { ShardIteratorType: type, SequenceNumber: sequenceNumber } = input;
  switch (type) {
    case 'TRIM_HORIZON':
    case 'LATEST':
      if (sequenceNumber !== undefined) {
        throw invalid(
          `SequenceNumber must not be given with ShardIteratorType ${type} (given ${sequenceNumber})`,
        );
      }
      return type === 'LATEST' ? stream.next : stream.first;
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER': {
      if (sequenceNumber === undefined) {
        throw invalid(`SequenceNumber must be given with ShardIteratorType ${type}`);
      }
      const counter = stream.counterOf(sequenceNumber);
      if (counter === undefined) {
        throw invalid(`Invalid SequenceNumber: it must be of this shard (given ${sequenceNumber})`);
      }
      // Counter 0 is where the shard starts.
      if (counter <= stream.first && stream.first > 0) throw trimmed();
      const index = type === 'AT_SEQUENCE_NUMBER' ? counter - 1 : counter;
      return Math.min(Math.max(index, 0), stream.next);
    }
  }
}
