import { KinesisError } from './errors.ts';
import type { Context } from './operation.ts';
import type { DailyAct, StreamSettings } from './store/settings.ts';
import type { StoredStream } from './store/stream.ts';

const DAY = 86_400_000;

/**
 * How often a stream may be changed in a rolling 24 hours, and what that is called.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html,
 * https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html (switching modes),
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html and
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StopStreamEncryption.html
 */
const MOST: Readonly<Record<DailyAct, { readonly times: number; readonly what: string }>> = {
  shardCountUpdate: { times: 10, what: 'updates of its shard count' },
  modeSwitch: { times: 2, what: 'switches of its capacity mode' },
  encryptionStart: { times: 25, what: 'starts of its encryption' },
  encryptionStop: { times: 25, what: 'stops of its encryption' },
};

/**
 * Counts an act that is about to be done: what to save together with it.
 *
 * @throws KinesisError LimitExceededException if it was done as often as it may be; AWS's wording is not documented
 */
export function countForToday(
  act: DailyAct,
  stream: StoredStream,
  { now, accountId }: Context,
): Pick<StreamSettings, 'done'> {
  const { done } = stream.settings;
  const time = now();
  // Times ahead too are forgotten, once far off: the clock was wrong then.
  const recent = (done[act] ?? []).filter((at) => Math.abs(time - at) < DAY);
  const { times, what } = MOST[act];
  if (recent.length >= times) {
    throw new KinesisError(
      'LimitExceededException',
      `Stream ${stream.streamName} under account ${accountId} can have ${times} ${what} in 24 hours ` +
        `(the next from ${new Date(Math.min(...recent) + DAY).toISOString()} on).`,
    );
  }
  return { done: { ...done, [act]: [...recent, time] } };
}
