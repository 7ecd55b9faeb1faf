import { namedStream, STREAM_NAME } from '../delivery-streams.ts';
import { operation } from '../operation.ts';
import { TAG_KEY } from '../tags.ts';

/** Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_UntagDeliveryStream.html */
export const untagDeliveryStream = operation(
  {
    DeliveryStreamName: STREAM_NAME,
    TagKeys: { type: 'List', required: true, min: 1, max: 50, each: TAG_KEY },
  },
  ({ DeliveryStreamName, TagKeys }, { streams }) => {
    const stream = namedStream(streams, DeliveryStreamName);
    streams.put(stream.name, { ...stream, tags: stream.tags.filter(({ Key }) => !TagKeys.includes(Key)) });
    return {};
  },
);
