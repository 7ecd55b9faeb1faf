import { namedStream, STREAM_NAME } from '../delivery-streams.ts';
import { operation } from '../operation.ts';
import { TAG_KEY } from '../tags.ts';

/** Tags by key. Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_ListTagsForDeliveryStream.html */
export const listTagsForDeliveryStream = operation(
  {
    DeliveryStreamName: STREAM_NAME,
    ExclusiveStartTagKey: TAG_KEY,
    Limit: { type: 'Integer', min: 1, max: 50 },
  },
  ({ DeliveryStreamName, ExclusiveStartTagKey: after = '', Limit: limit = 50 }, { streams }) => {
    const tags = namedStream(streams, DeliveryStreamName).tags.filter(({ Key }) => Key > after);
    return { Tags: tags.slice(0, limit), HasMoreTags: tags.length > limit };
  },
);
