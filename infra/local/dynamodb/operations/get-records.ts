import { type Shape, validate } from '../../protocol/validation.ts';
import { trimmed } from '../streams/errors.ts';
import { issueIterator, type Operation, readIterator } from '../streams/operation.ts';

const MOST_RECORDS = 1_000;
const MOST_BYTES = 1024 * 1024;

const SHAPE = {
  Limit: { type: 'Integer', min: 1, max: MOST_RECORDS },
  ShardIterator: { type: 'String', required: true, min: 1, max: 2048 },
} as const satisfies Shape;

/**
 * Records from an iterator on: up to Limit (default and most: 1,000) or 1 MiB of their text, but at least one if there
 * is one. No iterator follows the last record of a closed shard.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
 */
export const getRecords: Operation = async (body, context) => {
  const { ShardIterator, Limit: limit = MOST_RECORDS } = validate(SHAPE, body);
  const { stream, index } = readIterator(ShardIterator, context);
  await context.streams.trim(stream);
  if (index < stream.first) throw trimmed();
  const records = await stream.read(index, limit, MOST_BYTES);
  const next = (records.at(-1)?.index ?? index - 1) + 1;
  const iterator =
    stream.closed && next >= stream.next
      ? ''
      : `,"NextShardIterator":${JSON.stringify(issueIterator({ stream, index: next }, context))}`;
  return `{"Records":[${records.map((record) => stream.apiText(record)).join()}]${iterator}}`;
};
