/** What is watched of a unicorn. */
export const VITALS = ['magic', 'health'] as const;
export type Vital = (typeof VITALS)[number];

/** What an alert tells: an episode has opened, lasts on, or has ended. */
export const ALERT_STATES = ['firing', 'still-firing', 'recovered'] as const;
export type AlertKind = (typeof ALERT_STATES)[number];

/**
 * What operations is told of an episode, in which one vital of one unicorn is low: a message when it opens, now and then
 * while it lasts, and when it ends. JSON, published to the topic `wildrydes-alerts`. A message may come more than once:
 * subscribers tell by episode, state and statusTime together.
 */
export interface Alert {
  readonly name: string;
  readonly state: AlertKind;
  readonly vital: Vital;
  /** Points of the vital in the reading that the message tells of. */
  readonly value: number;
  /** Magic points of the same reading, whatever the vital. */
  readonly magicPoints: number;
  /** See `episodeId`; the same in all messages of an episode. */
  readonly episode: string;
  /** StatusTime of the episode's first low reading, UTC. */
  readonly since: string;
  /** StatusTime of the reading that the message tells of, UTC. */
  readonly statusTime: string;
  /** Degrees: where the unicorn was then. */
  readonly latitude: number;
  /** Degrees. */
  readonly longitude: number;
}

/** What follows the name and the time in an episode's id; no StatusTime ends so. */
const SUFFIX = { magic: '', health: '/health' } as const satisfies Record<Vital, string>;

/**
 * The id of an episode: Name + '@' + StatusTime of its first low reading, and of the health another than of the magic.
 *
 * @param since in canonical form
 */
export function episodeId(name: string, vital: Vital, since: string): string {
  return `${name}@${since}${SUFFIX[vital]}`;
}
