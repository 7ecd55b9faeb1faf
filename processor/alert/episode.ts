import type { Alert } from '../../telemetry/alert.ts';
import { encodeAlert } from '../../telemetry/alert-codec.ts';
import { LOW_MAGIC } from '../../telemetry/topology.ts';
import { compareSequenceNumbers } from '../records.ts';

/** What is known of a unicorn since its last alert: one item of the table `UnicornAlerts`. */
export interface AlertState {
  readonly state: Alert['state'];
  /** The open episode, or the last one. */
  readonly episode: string;
  /** StatusTime of the reading that opened or ended the episode, UTC. */
  readonly statusTime: string;
  /** The same as milliseconds since the epoch. */
  readonly instant: number;
  /** Sequence number of that reading's record; absent only from an item that someone else wrote. */
  readonly sequenceNumber: string | undefined;
  /** The message that tells of it, as long as nobody knows that it is published. */
  readonly pending: string | undefined;
}

/** What an alert needs of a reading. */
export interface Measurement {
  readonly sequenceNumber: string;
  readonly statusTime: string;
  /** StatusTime as milliseconds since the epoch. */
  readonly instant: number;
  readonly magicPoints: number;
  /** Place of the record in the batch. */
  readonly place: number;
}

/** A measurement that opens or ends an episode. */
export interface Transition {
  /** Place of its measurement among those that were searched. */
  readonly at: number;
  readonly next: AlertState & { readonly pending: string; readonly sequenceNumber: string };
}

/**
 * Finds the first measurement, from place `from` on, that opens or ends an episode: below 50 opens one, 55 or more ends
 * it, and anything between changes nothing.
 *
 * A measurement no newer than the one that brought about the known state is ignored; so is one that stood before it in
 * the stream. The first rule is for readings that come late, the second for those that are delivered again: with it,
 * what follows depends on the order of the stream alone, however often and in whatever batches it is delivered.
 *
 * @param known undefined for a unicorn that never had an episode
 * @param measurements of that unicorn, in the order of the stream
 */
export function findTransition(
  name: string,
  known: AlertState | undefined,
  measurements: readonly Measurement[],
  from = 0,
): Transition | undefined {
  const firing = known?.state === 'firing';
  for (let at = from; at < measurements.length; at++) {
    const measurement = measurements[at]!;
    const { magicPoints } = measurement;
    if (firing ? magicPoints < LOW_MAGIC.recover : magicPoints >= LOW_MAGIC.fire) continue;
    if (known !== undefined && !isNews(known, measurement)) continue;
    return { at, next: nextState(name, known, measurement) };
  }
  return undefined;
}

function isNews(known: AlertState, { instant, sequenceNumber }: Measurement): boolean {
  if (instant <= known.instant) return false;
  return (
    known.sequenceNumber === undefined || compareSequenceNumbers(sequenceNumber, known.sequenceNumber) > 0
  );
}

function nextState(
  name: string,
  known: AlertState | undefined,
  measurement: Measurement,
): Transition['next'] {
  const { statusTime, instant, sequenceNumber, magicPoints } = measurement;
  const state = known?.state === 'firing' ? 'recovered' : 'firing';
  const episode = known?.state === 'firing' ? known.episode : `${name}@${statusTime}`;
  const pending = encodeAlert({ name, state, magicPoints, episode, statusTime });
  return { state, episode, statusTime, instant, sequenceNumber, pending };
}
