import { invalidArgument } from '../errors.ts';
import { refusalError } from '../gate.ts';
import { namedStream, operation, SEQUENCE_NUMBER, STREAM } from '../operation.ts';
import { DATA, EXPLICIT_HASH_KEY, PARTITION_KEY, placeOf, tooLarge } from '../placement.ts';
import { isLarger } from '../sequence-number.ts';

/**
 * Appends one record.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
 */
export const putRecord = operation(
  {
    SequenceNumberForOrdering: SEQUENCE_NUMBER,
    PartitionKey: PARTITION_KEY,
    ExplicitHashKey: EXPLICIT_HASH_KEY,
    Data: DATA,
    ...STREAM,
  },
  (input, context) => {
    const stream = namedStream(input, context);
    const { PartitionKey, SequenceNumberForOrdering: ordering } = input;
    const shard = placeOf(stream, PartitionKey, input.ExplicitHashKey);
    if (ordering !== undefined && !isLarger(shard.sequenceNumber(shard.next), ordering)) {
      throw invalidArgument(
        `ExclusiveMinimumSequenceNumber ${ordering} used in PutRecord on stream ${stream.streamName} ` +
          `under account ${context.accountId} is invalid.`,
      );
    }
    const bytes = shard.stage(shard.arrival(), PartitionKey, input.Data);
    if (bytes > stream.maxRecordBytes) {
      shard.rollback();
      throw tooLarge('data', input.Data, bytes, stream);
    }
    const refusal = context.gate?.writes(stream.streamName)(shard, bytes);
    if (refusal !== undefined) {
      shard.rollback();
      throw refusalError(refusal, shard.shardId, stream.streamName, context.accountId);
    }
    return {
      ShardId: shard.shardId,
      SequenceNumber: shard.sequenceNumber(shard.commit()),
      ...(stream.settings.keyId === null ? {} : { EncryptionType: 'KMS' }),
    };
  },
);
