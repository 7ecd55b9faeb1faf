import { jsonOperation } from '../../protocol/operation.ts';
import type { Shape } from '../../protocol/validation.ts';
import { invalid } from '../streams/errors.ts';
import { type Context, type Operation, STREAM_ARN } from '../streams/operation.ts';
import { parseStreamArn } from '../streams/stream-name.ts';

const SHAPE = {
  ExclusiveStartStreamArn: STREAM_ARN,
  Limit: { type: 'Integer', min: 1, max: 100 },
  TableName: { type: 'String', min: 3, max: 255, pattern: '[a-zA-Z0-9_.-]+' },
} as const satisfies Shape;

const MOST = 100;

/**
 * Streams of one table or of all, those too that are disabled or whose table is deleted, in the order of their beginnings.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html
 */
export const listStreams: Operation = jsonOperation(SHAPE, (input, { streams }: Context) => {
  const { ExclusiveStartStreamArn: after, Limit: limit = MOST, TableName: tableName } = input;
  const start = after === undefined ? { id: -1 } : parseStreamArn(after);
  if (start === undefined) throw invalid(`Invalid StreamArn (given ${after})`);
  const found = streams
    .all()
    .filter(({ entry }) => entry.id > start.id && (tableName === undefined || entry.tableName === tableName));
  const page = found.slice(0, limit);
  return {
    Streams: page.map(({ streamArn, label, entry }) => ({
      StreamArn: streamArn,
      TableName: entry.tableName,
      StreamLabel: label,
    })),
    ...(found.length > page.length ? { LastEvaluatedStreamArn: page.at(-1)?.streamArn } : {}),
  };
});
