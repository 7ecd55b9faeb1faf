import { activeStream } from '../../check/streams.ts';
import { type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

/** It is ready, and has the one shard that a record by hand needs. */
export async function checkStream(at: Workbench): Promise<Passed> {
  const name = at.names.cliStream;
  const looked = `the stream ${name}`;
  const { OpenShardCount = 0, StreamModeDetails } = await activeStream(at, name);
  const onDemand = StreamModeDetails?.StreamMode === 'ON_DEMAND';
  if (OpenShardCount === 1 && !onDemand) return passed(looked, 'it has one shard');
  throw wrong({
    looked,
    found: onDemand
      ? 'it is on demand: AWS gives it four shards to begin with'
      : `it has ${OpenShardCount} shards, each of which costs`,
    expected: 'one shard: you send a record now and then',
    next: `aws kinesis delete-stream --stream-name ${name}, then create it with --shard-count 1`,
  });
}
