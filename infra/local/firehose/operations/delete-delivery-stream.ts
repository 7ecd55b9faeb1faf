import { namedStream, STREAM_NAME } from '../delivery-streams.ts';
import { operation } from '../operation.ts';

/** Deletes a delivery stream and what it has not delivered. Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_DeleteDeliveryStream.html */
export const deleteDeliveryStream = operation(
  { DeliveryStreamName: STREAM_NAME, AllowForceDelete: { type: 'Boolean' } },
  async ({ DeliveryStreamName: name }, { streams, stop }) => {
    const stream = namedStream(streams, name);
    streams.delete(name);
    await stop(stream);
    return {};
  },
  'It is gone at once.',
);
