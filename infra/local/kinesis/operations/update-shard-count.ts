import { provisionedStream } from '../capacity-mode.ts';
import { countForToday } from '../daily-limits.ts';
import { KinesisError } from '../errors.ts';
import { operation, STREAM } from '../operation.ts';
import { insistOnRoomForShards } from '../resharding.ts';
import { uniformScaling } from '../uniform-scaling.ts';

/** Open shards that UpdateShardCount gives one stream at most, whatever else the account has. */
const MOST = 10_000;

/**
 * Splits and merges a provisioned stream's shards until it has as many as asked for, all of the same size; at once, so
 * that no other request sees a shard of those that are only needed on the way open.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
 */
export const updateShardCount = operation(
  {
    TargetShardCount: { type: 'Integer', required: true, min: 1 },
    ScalingType: { type: 'String', required: true, oneOf: ['UNIFORM_SCALING'] },
    ...STREAM,
  },
  (input, context) => {
    const stream = provisionedStream(input, context);
    const { TargetShardCount: target } = input;
    stream.trim();
    const current = stream.openShards.length;
    insistOnReach(current, target);
    insistOnRoomForShards(target - current, context);
    const counted = countForToday('shardCountUpdate', stream, context);
    const open = stream.openShards.map(({ metadata }) => ({
      number: metadata.number,
      start: BigInt(metadata.startingHashKey),
      end: BigInt(metadata.endingHashKey),
    }));
    stream.reshardInSteps(uniformScaling(open, target, stream.nextShard), counted);
    return {
      StreamName: stream.streamName,
      StreamARN: stream.streamArn,
      CurrentShardCount: current,
      TargetShardCount: target,
    };
  },
  'The stream has its new shards at once. Shards that are only needed on the way do not count towards the shard limit. ' +
    'In which order AWS splits and merges is not documented; here it is from the lowest hash key on.',
);

/** @throws KinesisError LimitExceededException if one call does not scale as far as that */
function insistOnReach(current: number, target: number): void {
  const counts = `Current open shard count: ${current}, Target shard count: ${target}`;
  const refuse = (why: string) => new KinesisError('LimitExceededException', `${why}. ${counts}`);
  if (target > MOST) {
    throw refuse(`Target shard count or number of open shards cannot be greater than ${MOST}`);
  }
  if (target > 2 * current) {
    throw refuse('UpdateShardCount cannot scale up over double your current open shard count');
  }
  if (2 * target < current) {
    throw refuse('UpdateShardCount cannot scale down below half your current open shard count');
  }
}
