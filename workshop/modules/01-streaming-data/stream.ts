import { activeStream } from '../../check/streams.ts';
import { type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

/** The stream is there, and has a shard that it does not need to be paid for by the record. */
export async function checkStream(at: Workbench): Promise<Passed> {
  const name = at.names.readings;
  const looked = `the stream ${name}`;
  const { OpenShardCount = 0, StreamModeDetails, RetentionPeriodHours = 24 } = await activeStream(at, name);
  if (StreamModeDetails?.StreamMode === 'ON_DEMAND') {
    throw wrong({
      looked,
      found:
        'it is on demand: AWS gives it four shards to begin with, and what you try with shards shows nothing',
      expected: 'a provisioned stream with one shard',
      next: `aws kinesis delete-stream --stream-name ${name}, then create it with --shard-count 1`,
    });
  }
  if (OpenShardCount > 2) {
    throw wrong({
      looked,
      found: `it has ${OpenShardCount} shards, each of which costs`,
      expected: 'one shard: a unicorn sends one reading a second, and a shard takes 1,000',
      next: `aws kinesis update-shard-count --stream-name ${name} --target-shard-count ${Math.ceil(OpenShardCount / 2)} --scaling-type UNIFORM_SCALING`,
    });
  }
  return passed(
    looked,
    `${OpenShardCount} open ${OpenShardCount === 1 ? 'shard' : 'shards'}, records kept for ${RetentionPeriodHours} hours`,
  );
}
