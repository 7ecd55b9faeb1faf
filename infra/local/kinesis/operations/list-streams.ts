import { describeStream } from '../description.ts';
import { invalidArgument, KinesisError } from '../errors.ts';
import { NEXT_TOKEN, operation, STREAM_NAME } from '../operation.ts';

/** Streams in an answer, at most, and unless Limit says otherwise. */
const MOST = 100;

/**
 * All streams, by name.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html
 */
export const listStreams = operation(
  {
    Limit: { type: 'Integer', min: 1, max: 10_000 },
    ExclusiveStartStreamName: STREAM_NAME,
    NextToken: NEXT_TOKEN,
  },
  (input, { streams, tokens }) => {
    let after = input.ExclusiveStartStreamName ?? '';
    if (input.NextToken !== undefined) {
      const token = tokens.read('streams', input.NextToken);
      if (token === undefined) throw invalidArgument('NextToken is invalid.');
      if (token.expired) {
        throw new KinesisError('ExpiredNextTokenException', 'NextToken has expired: list the streams anew.');
      }
      after = token.fields[0]!;
    }
    const rest = streams.all().filter(({ streamName }) => streamName > after);
    const page = rest.slice(0, Math.min(input.Limit ?? MOST, MOST));
    const more = page.length < rest.length;
    return {
      StreamNames: page.map(({ streamName }) => streamName),
      HasMoreStreams: more,
      ...(more ? { NextToken: tokens.issue('streams', page.at(-1)!.streamName) } : {}),
      StreamSummaries: page.map(describeStream),
    };
  },
);
