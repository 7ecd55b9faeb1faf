import type { Rule } from '../../protocol/validation.ts';
import { type DeliveryStream, namedStream, STREAM_NAME } from '../delivery-streams.ts';
import { invalidArgument } from '../errors.ts';
import { operation } from '../operation.ts';
import { recordIdOf } from '../transformation.ts';

/** 1,000 KiB. Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_Record.html */
export const RECORD = {
  type: 'Structure',
  members: { Data: { type: 'Blob', required: true, min: 0, max: 1_024_000 } },
} as const satisfies Rule;

/** Bytes of data in one request. Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Takes up to 500 records, on disk when they are answered. Same source. */
export const putRecordBatch = operation(
  {
    DeliveryStreamName: STREAM_NAME,
    Records: { type: 'List', required: true, min: 1, max: 500, each: RECORD },
  },
  ({ DeliveryStreamName, Records }, { streams, delivererOf }) => {
    const stream = namedStream(streams, DeliveryStreamName);
    checkDirectPut(stream);
    delivererOf(stream).checkRoom();
    const bytes = Records.reduce((sum, { Data }) => sum + Buffer.byteLength(Data, 'base64'), 0);
    if (bytes > BATCH_BYTES) {
      throw invalidArgument('Records size exceeds 4 MB limit');
    }
    const first = delivererOf(stream).put(Records.map(({ Data }) => ({ data: Data, origin: null })));
    return {
      FailedPutCount: 0,
      Encrypted: false,
      RequestResponses: Records.map((_record, i) => ({ RecordId: recordIdOf(stream, first + i) })),
    };
  },
  'Records are taken all or none: no request has some that fail.',
);

/** @throws ServiceError InvalidArgumentException for a delivery stream that reads a stream */
export function checkDirectPut({ name, source }: DeliveryStream): void {
  if (source === null) return;
  throw invalidArgument(
    `This operation is not permitted on KinesisStreamAsSource delivery stream type (given ${name}).`,
  );
}
