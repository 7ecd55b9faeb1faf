import { operation } from '../operation.ts';

/** Names, in their order. Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_ListDeliveryStreams.html */
export const listDeliveryStreams = operation(
  {
    DeliveryStreamType: {
      type: 'String',
      oneOf: ['DirectPut', 'KinesisStreamAsSource', 'MSKAsSource', 'DatabaseAsSource'],
    },
    ExclusiveStartDeliveryStreamName: { type: 'String', min: 1, max: 64, pattern: '[a-zA-Z0-9_.-]+' },
    Limit: { type: 'Integer', min: 1, max: 10_000 },
  },
  (
    { DeliveryStreamType: type, ExclusiveStartDeliveryStreamName: after = '', Limit: limit = 10 },
    { streams },
  ) => {
    const names = streams
      .all()
      .filter(
        ({ source }) =>
          type === undefined || type === (source === null ? 'DirectPut' : 'KinesisStreamAsSource'),
      )
      .map(({ name }) => name)
      .filter((name) => name > after);
    return { DeliveryStreamNames: names.slice(0, limit), HasMoreDeliveryStreams: names.length > limit };
  },
);
