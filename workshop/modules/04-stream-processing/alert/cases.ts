import type { EventRecord } from '../../../check/functions.ts';
import type { Sense } from './fed.ts';

/** Records that the function gets in one invocation. */
export interface Delivery {
  readonly records: readonly EventRecord[];
  /** In an environment that has just been started, and remembers nothing. */
  readonly cold?: true;
}

/** Unicorns that nothing else is told of, and what is to come of it. */
export interface Case {
  readonly unicorns: readonly string[];
  /** What is sent, in words. */
  readonly sent: string;
  readonly deliveries: (sense: Sense) => Delivery[];
  /** Alerts of each unicorn. */
  readonly alerts: 0 | 1 | 2;
  /** What is wrong when there are fewer. Default: there is no alert. */
  readonly fewer?: string;
  /** What is wrong when there are more. */
  readonly more: string;
  /** The smallest thing to do about it. */
  readonly next: string;
}

const BELOW = 'Compare the magic points with 50: an episode opens below it, and only there.';
const STATE =
  'Keep for each unicorn in the table whether its episode is open, and alert when it opens, not while it is.';
const NEWER =
  'Keep the StatusTime of the last change beside the state, and pass over what is not newer: a stream gives records again.';

/**
 * What a unicorn called `deep` is sent tells more of the first case: an alert that comes for 3 magic points, and not for
 * 49, is one of another threshold.
 */
export const DEEP: Case = {
  unicorns: ['deep'],
  sent: '3 magic points',
  deliveries: (sense) => [{ records: [sense('deep', 3)] }],
  alerts: 1,
  more: 'more than one alert for one low value',
  next: BELOW,
};

/** In the order in which they are judged: what comes first explains what comes later. */
export const CASES: readonly Case[] = [
  {
    unicorns: ['fall'],
    sent: '60 magic points, then 49',
    deliveries: (sense) => [{ records: [sense('fall', 60)] }, { records: [sense('fall', 49)] }],
    alerts: 1,
    fewer: 'no alert at 49, though there is one at 3: the threshold is another',
    more: 'more than one alert for one low value',
    next: BELOW,
  },
  DEEP,
  {
    unicorns: ['fifty'],
    sent: '51 magic points, then exactly 50',
    deliveries: (sense) => [{ records: [sense('fifty', 51), sense('fifty', 50)] }],
    alerts: 0,
    more: 'an alert at 50, which is not below 50',
    next: BELOW,
  },
  {
    unicorns: ['health'],
    sent: '100 magic points, and 20 health points',
    deliveries: (sense) => [{ records: [sense('health', 100, 20)] }],
    alerts: 0,
    more: 'an alert about health',
    next: 'Look at the magic points only.',
  },
  {
    unicorns: ['low'],
    sent: '49, 48, 47 and 46 magic points, in three batches',
    deliveries: (sense) => [
      { records: [sense('low', 49)] },
      { records: [sense('low', 48), sense('low', 47)] },
      { records: [sense('low', 46)] },
    ],
    alerts: 1,
    more: 'an alert for each low value, not for each episode',
    next: STATE,
  },
  {
    unicorns: ['again'],
    sent: 'one batch of 60 and 49 magic points, and the same batch again',
    deliveries: (sense) => {
      const records = [sense('again', 60), sense('again', 49)];
      return [{ records }, { records }];
    },
    alerts: 1,
    more: 'another alert when the same records come again',
    next: NEWER,
  },
  {
    unicorns: ['first', 'second'],
    sent: 'one batch with two unicorns in turn, each with 60, 49 and 48 magic points',
    deliveries: (sense) => [
      { records: [60, 49, 48].flatMap((magic) => [sense('first', magic), sense('second', magic)]) },
    ],
    alerts: 1,
    fewer: 'no alert: a batch holds records of several unicorns, and each has an episode of its own',
    more: 'more than one alert of an episode',
    next: 'Go through all records of the batch, with a state for each Name.',
  },
  {
    unicorns: ['back'],
    sent: '49 magic points, then 55, then 49 again',
    deliveries: (sense) => [49, 55, 49].map((magic) => ({ records: [sense('back', magic)] })),
    alerts: 2,
    fewer: 'no second alert: the first episode is never closed',
    more: 'more alerts than episodes',
    next: 'Close the episode in the table when the unicorn has 55 magic points or more.',
  },
  {
    unicorns: ['flap'],
    sent: '49 magic points, then 51, 49, 54 and 49',
    deliveries: (sense) => [49, 51, 49, 54, 49].map((magic) => ({ records: [sense('flap', magic)] })),
    alerts: 1,
    more: 'several alerts of one episode, which ends at 55 or more, not at 50',
    next: 'Close the episode at 55, so that a unicorn that hovers about 50 does not alert again and again.',
  },
  {
    unicorns: ['old'],
    sent: '49 magic points, then 60, then the first record again',
    deliveries: (sense) => {
      const low = { records: [sense('old', 49)] };
      return [low, { records: [sense('old', 60)] }, low];
    },
    alerts: 1,
    more: 'another alert for a record of an episode that is over',
    next: NEWER,
  },
  {
    unicorns: ['é🦄'],
    sent: '49 magic points of a unicorn whose name has an accent and an emoji',
    deliveries: (sense) => [{ records: [sense('é🦄', 49)] }],
    alerts: 1,
    fewer: 'no alert that has the name as it is: UTF-8 was read as something else',
    more: 'more than one alert for one low value',
    next: "Decode with Buffer.from(data, 'base64').toString('utf8').",
  },
];

/** What takes an environment of its own: sent once all of the others are as they must be. */
export const COLD: Case = {
  unicorns: ['cold'],
  sent: '49 magic points, and 48 after a cold start',
  deliveries: (sense) => [{ records: [sense('cold', 49)] }, { records: [sense('cold', 48)], cold: true }],
  alerts: 1,
  more: 'another alert after a cold start: what is kept in memory goes with the environment',
  next: STATE,
};

/** The story of the poison, as far as its alerts tell. */
export const AROUND_POISON: Case = {
  unicorns: ['before', 'behind'],
  sent: '49 magic points of two unicorns, and between them records that are neither readings nor summaries',
  deliveries: () => [],
  alerts: 1,
  fewer: 'no alert: the poison has taken a good record with it',
  more: 'more than one alert of an episode',
  next: 'Catch what JSON.parse throws for one record, log its sequence number, and go on with the next.',
};

/** Text that is neither a reading nor a summary; the second is JSON at least. */
export const POISON = ['this is no JSON', '{"unicorn":"none"}'] as const;
