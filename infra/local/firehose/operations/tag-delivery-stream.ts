import { namedStream, STREAM_NAME } from '../delivery-streams.ts';
import { operation } from '../operation.ts';
import { TAGS, withTags } from '../tags.ts';

/** Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_TagDeliveryStream.html */
export const tagDeliveryStream = operation(
  { DeliveryStreamName: STREAM_NAME, Tags: { ...TAGS, required: true } },
  ({ DeliveryStreamName, Tags }, { streams }) => {
    const stream = namedStream(streams, DeliveryStreamName);
    streams.put(stream.name, { ...stream, tags: withTags(stream.tags, Tags) });
    return {};
  },
);
