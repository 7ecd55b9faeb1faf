import { randomBytes } from 'node:crypto';
import { DescribeStreamSummaryCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
} from '@aws-sdk/client-lambda';
import { ensureStream, removeStream } from '../install/streams.ts';
import type { Workbench } from '../workbench.ts';
import { tidily } from './clean-up.ts';
import { type EventRecord, mappingsOf } from './functions.ts';
import { ifThere } from './missing.ts';
import { until } from './wait.ts';

/** A stream of a check's own. */
export interface ScratchStream {
  readonly arn: string;
  put(records: readonly EventRecord[]): Promise<void>;
  /**
   * Feeds a function with it from its first record on, in the way in which another mapping feeds one.
   *
   * @returns false when the function's role lets Lambda read streams that it names, and so not this one
   */
  feed(functionName: string, like: EventSourceMappingConfiguration): Promise<boolean>;
}

/**
 * Makes a stream with one shard, and deletes it afterwards with what it feeds. When this returns, nothing comes from it
 * any more.
 */
export async function withScratchStream<T>(
  at: Workbench,
  use: (stream: ScratchStream) => Promise<T>,
): Promise<T> {
  const name = `${at.names.prefix}check-${randomBytes(4).toString('hex')}`;
  const fed: string[] = [];
  return tidily(
    at,
    async () => {
      await ensureStream(at, name);
      const { StreamDescriptionSummary } = await at.kinesis.send(
        new DescribeStreamSummaryCommand({ StreamName: name }),
      );
      const arn = StreamDescriptionSummary?.StreamARN ?? '';
      return use({
        arn,
        async put(records) {
          await at.kinesis.send(
            new PutRecordsCommand({
              StreamName: name,
              Records: records.map(({ partitionKey, data }) => ({
                PartitionKey: partitionKey,
                Data: Buffer.from(data),
              })),
            }),
          );
        },
        async feed(functionName, like) {
          fed.push(functionName);
          try {
            await at.lambda.send(
              new CreateEventSourceMappingCommand({
                ...settingsOf(like),
                FunctionName: functionName,
                EventSourceArn: arn,
                StartingPosition: 'TRIM_HORIZON',
              }),
            );
            return true;
          } catch (error) {
            if (isRefusedByRole(error)) return false;
            throw error;
          }
        },
      });
    },
    async (patient) => {
      try {
        for (const functionName of fed) await starve(patient, functionName, name);
      } finally {
        await removeStream(patient, name);
      }
    },
  );
}

/**
 * AWS looks at the role when a mapping is made, and answers in these words.
 * Source: https://github.com/aws-samples/cross-account-amazon-dynamodb-replication/issues/11
 */
function isRefusedByRole(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === 'InvalidParameterValueException' && /Cannot access stream/.test(message);
}

/** What a mapping does with its batches, as CreateEventSourceMapping takes it. */
function settingsOf(like: EventSourceMappingConfiguration) {
  const { BatchSize, FunctionResponseTypes, FilterCriteria, ParallelizationFactor } = like;
  const { BisectBatchOnFunctionError, MaximumRetryAttempts, MaximumRecordAgeInSeconds } = like;
  return {
    BatchSize,
    FunctionResponseTypes,
    FilterCriteria,
    ParallelizationFactor,
    BisectBatchOnFunctionError,
    MaximumRetryAttempts,
    MaximumRecordAgeInSeconds,
  };
}

/** Deletes the mappings of a stream, and waits until they are gone: until then the function may still be called. */
async function starve(at: Workbench, functionName: string, stream: string): Promise<void> {
  const asked = async () =>
    (await mappingsOf(at, functionName, undefined, 'deleting too')).filter(({ EventSourceArn = '' }) =>
      EventSourceArn.endsWith(`:stream/${stream}`),
    );
  await until(at, 'for a mapping of the check to be gone', 300, async () => {
    const left = await asked();
    for (const { UUID, State } of left) {
      if (State === 'Deleting') continue;
      try {
        await ifThere(at.lambda.send(new DeleteEventSourceMappingCommand({ UUID })));
      } catch (error) {
        // While it is being created or changed it takes no other order.
        if ((error as Error).name !== 'ResourceInUseException') throw error;
      }
    }
    return left.length === 0 ? true : undefined;
  });
}
