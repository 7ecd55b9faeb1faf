import { namedStream, STREAM_NAME } from '../delivery-streams.ts';
import { operation } from '../operation.ts';
import { recordIdOf } from '../transformation.ts';
import { checkDirectPut, RECORD } from './put-record-batch.ts';

/** Takes one record, on disk when it is answered. Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecord.html */
export const putRecord = operation(
  { DeliveryStreamName: STREAM_NAME, Record: { ...RECORD, required: true } },
  ({ DeliveryStreamName, Record }, { streams, delivererOf }) => {
    const stream = namedStream(streams, DeliveryStreamName);
    checkDirectPut(stream);
    delivererOf(stream).checkRoom();
    const index = delivererOf(stream).put([{ data: Record.Data, origin: null }]);
    return { RecordId: recordIdOf(stream, index), Encrypted: false };
  },
);
