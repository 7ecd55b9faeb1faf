import { KinesisError } from '../errors.ts';
import { namedStream, operation, STREAM } from '../operation.ts';

/**
 * Deletes a stream with all its records, at once: no DELETING in between. One that has consumers is deleted only if
 * EnforceConsumerDeletion says so, and they with it.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html
 */
export const deleteStream = operation(
  { EnforceConsumerDeletion: { type: 'Boolean' }, ...STREAM },
  (input, context) => {
    const stream = namedStream(input, context);
    const { streams, consumers, accountId } = context;
    if (input.EnforceConsumerDeletion !== true && consumers.of(stream).length > 0) {
      throw new KinesisError(
        'ResourceInUseException',
        `DeleteStream can't delete ${accountId}:${stream.streamName} because there are consumers associated with this ` +
          `data stream. To delete ${stream.streamName} anyway, set the EnforceConsumerDeletion parameter to true to ` +
          'force the deletion of all the consumers that are associated with it.',
      );
    }
    streams.delete(stream);
    consumers.forget(stream);
    return undefined;
  },
);
