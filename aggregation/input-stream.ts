import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
  type ListShardsCommandOutput,
} from '@aws-sdk/client-kinesis';
import { fullJitter, pause } from '../stream/backoff.ts';
import { explain, judge } from '../stream/failure.ts';
import type { ListedShard } from '../stream/lineage.ts';

/** Times that a question is asked before its failure counts. */
const ATTEMPTS = 8;

/** What the aggregation must know of its input stream beside the records. */
export interface InputStream {
  readonly name: string;
  /** When it was created, milliseconds since the epoch; 0 if the service does not say. */
  created(): Promise<number>;
  /** All shards that still exist, closed ones among them. */
  listShards(): Promise<ListedShard[]>;
}

/**
 * Asks about a stream; a failure that may pass is retried a few times.
 *
 * @returns an InputStream whose calls throw WildRydesError NOT_FOUND if there is no such stream, UNREACHABLE if it
 *   cannot be asked
 */
export function inputStream(
  client: KinesisClient,
  name: string,
  random: () => number,
  signal: AbortSignal,
): InputStream {
  async function ask<T>(send: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures++) {
      try {
        return await send();
      } catch (error) {
        if (!judge(error).retriable || failures === ATTEMPTS || signal.aborted) throw explain(error, name);
        await pause(fullJitter(failures, random), signal);
      }
    }
  }

  return {
    name,
    async created() {
      const answer = await ask(() => client.send(new DescribeStreamSummaryCommand({ StreamName: name })));
      return answer.StreamDescriptionSummary?.StreamCreationTimestamp?.getTime() ?? 0;
    },
    async listShards() {
      const shards: ListedShard[] = [];
      let token: string | undefined;
      do {
        const page = token === undefined ? { StreamName: name } : { NextToken: token };
        const answer: ListShardsCommandOutput = await ask(() => client.send(new ListShardsCommand(page)));
        for (const shard of answer.Shards ?? []) {
          shards.push({
            shardId: shard.ShardId ?? '',
            parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter((id) => id !== undefined),
            closed: shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
          });
        }
        token = answer.NextToken;
      } while (token !== undefined);
      return shards;
    },
  };
}
