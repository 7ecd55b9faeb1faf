import { MAX_RECORD_SIZE } from '../description.ts';
import { namedStream, operation, STREAM_ARN } from '../operation.ts';

/**
 * Sets how large a record of the stream may be, its data and partition key together. Records that are there stay.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html and
 * https://docs.aws.amazon.com/streams/latest/dev/large-records.html
 */
export const updateMaxRecordSize = operation(
  { MaxRecordSizeInKiB: { ...MAX_RECORD_SIZE, required: true }, StreamARN: STREAM_ARN },
  (input, context) => {
    const stream = namedStream({ StreamName: undefined, StreamARN: input.StreamARN }, context);
    stream.change({ settings: { maxRecordSizeInKiB: input.MaxRecordSizeInKiB } });
    return undefined;
  },
);
