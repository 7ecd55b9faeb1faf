import {
  PutRecordsCommand,
  type PutRecordsCommandOutput,
  type PutRecordsRequestEntry,
} from '@aws-sdk/client-kinesis';
import { KINESIS_LIMITS } from '../../telemetry/topology.ts';
import { chunksWithin } from '../lanes.ts';
import { describeError, resend } from '../resend.ts';
import { entryText, type QuarantinePlace, type RefusedRecord } from './quarantine.ts';

/** What is used of a Kinesis client. */
export interface PutsRecords {
  send(command: PutRecordsCommand, options: { abortSignal: AbortSignal }): Promise<PutRecordsCommandOutput>;
}

const REQUEST = { items: KINESIS_LIMITS.recordsPerPut, bytes: KINESIS_LIMITS.bytesPerPut } as const;

interface Entry {
  readonly sequenceNumber: string;
  readonly bytes: number;
  readonly put: PutRecordsRequestEntry & { readonly Data: Uint8Array };
}

/**
 * Puts refused records into the quarantine stream, each with its position and reason, under its own partition key.
 * An entry whose answer was lost is put again: its stream, shard and sequence number tell that it is the same one.
 * Never rejects.
 */
export function createStreamQuarantine(options: {
  readonly client: PutsRecords;
  readonly streamName: string;
}): QuarantinePlace {
  const { client, streamName } = options;

  const put = async (entries: readonly Entry[], abortSignal: AbortSignal): Promise<Entry[]> => {
    const command = new PutRecordsCommand({
      StreamName: streamName,
      Records: entries.map((entry) => entry.put),
    });
    const { Records: results = [] } = await client.send(command, { abortSignal });
    // One request may be accepted in part: each entry has an answer of its own, in the order of the entries.
    return entries.filter((_, at) => results[at]?.SequenceNumber === undefined);
  };

  return async (refused, effort) => {
    const acknowledged = new Set<string>();
    for (const entries of chunksWithin(refused.map(entryOf), REQUEST)) {
      const left = await resend(effort, entries, put);
      const missing = new Set(left.items);
      for (const entry of entries) if (!missing.has(entry)) acknowledged.add(entry.sequenceNumber);
      // What follows the first that failed comes again with it.
      if (missing.size > 0) return { acknowledged, reason: describeError(left.error) };
    }
    return { acknowledged, reason: undefined };
  };
}

function entryOf(refused: RefusedRecord): Entry {
  const { sequenceNumber, partitionKey } = refused.record;
  const encoded = Buffer.from(entryText(refused));
  return {
    sequenceNumber,
    bytes: encoded.length + Buffer.byteLength(partitionKey),
    put: { PartitionKey: partitionKey, Data: encoded },
  };
}
