import { namedStream, operation, STREAM } from '../operation.ts';

/**
 * Deletes a stream with all its records, at once: no DELETING in between.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html
 */
export const deleteStream = operation(
  { EnforceConsumerDeletion: { type: 'Boolean' }, ...STREAM },
  (input, context) => {
    context.streams.delete(namedStream(input, context));
    return undefined;
  },
);
