import { type AlertKind, episodeId, type Vital } from '../../telemetry/alert.ts';
import { encodeAlert } from '../../telemetry/alert-codec.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { compareSequenceNumbers } from '../records.ts';
import { fitPending, MOST_PENDING } from './pending.ts';
import type { Rules, Watch } from './rules.ts';

/** One vital of a unicorn since the last message that told of it. */
export interface VitalState {
  readonly state: 'firing' | 'recovered';
  /** StatusTime of the first low reading of the open episode, or of the last one. */
  readonly since: string;
  /** StatusTime of the reading that the last message tells of, UTC. */
  readonly statusTime: string;
  /** The same as milliseconds since the epoch. */
  readonly instant: number;
}

/** What is known of a unicorn: one item of the table `UnicornAlerts`. */
export interface AlertState {
  /** Those that ever had an episode. */
  readonly vitals: Readonly<Partial<Record<Vital, VitalState>>>;
  /** Of the record whose reading brought this state about; absent only from an item that someone else wrote. */
  readonly sequenceNumber: string | undefined;
  /** Messages in order, as long as nobody knows that they are published; at most 50. */
  readonly pending: readonly string[];
}

/** What an alert needs of a record. */
export interface Measurement {
  readonly sequenceNumber: string;
  readonly reading: Reading;
  /** StatusTime as milliseconds since the epoch. */
  readonly instant: number;
  /** Place of the record in the batch. */
  readonly place: number;
}

/** How a unicorn's state goes on. */
export interface Step {
  /** Place, among the measurements that were searched, of the first one that changed something. */
  readonly at: number;
  /** Those before this place have been judged. */
  readonly to: number;
  readonly next: AlertState;
  /** Messages that had to make room for others, since too many were pending. */
  readonly dropped: number;
}

/**
 * Takes a unicorn through its measurements, from place `from` on: an episode of a vital opens below its threshold, ends
 * at that of recovery, and is told again, while it lasts, when the rules' time has passed since its last message.
 *
 * A measurement no newer than the one that a vital's last message tells of is ignored for that vital; so is one that
 * stood in the stream before the one that brought about the known state, for all of them. The first rule is for readings
 * that come late, the second for those that are delivered again: with it, what follows depends on the order of the
 * stream alone, however often and in whatever batches it is delivered.
 *
 * It goes on until all are judged, or as many messages are pending as there is room for; then the next step begins there.
 *
 * @param known undefined for a unicorn that never had an episode
 * @param measurements of that unicorn, in the order of the stream
 * @returns undefined when nothing changes
 */
export function findStep(
  name: string,
  known: AlertState | undefined,
  measurements: readonly Measurement[],
  rules: Rules,
  from = 0,
): Step | undefined {
  let at = -1;
  let state = known;
  let dropped = 0;
  let to = from;
  for (; to < measurements.length; to++) {
    const measurement = measurements[to]!;
    if (!changesAny(state, measurement, rules)) continue;
    const changed = changeOf(name, state, measurement, rules);
    const pending = [...(state?.pending ?? []), ...changed.messages];
    // Where something changed already, the rest waits until that is published: then nothing need make room.
    if (at !== -1 && pending.length > MOST_PENDING) break;
    if (at === -1) at = to;
    const fitting = fitPending(pending);
    dropped += pending.length - fitting.length;
    state = { vitals: changed.vitals, sequenceNumber: measurement.sequenceNumber, pending: fitting };
  }
  return state === undefined || at === -1 ? undefined : { at, to, next: state, dropped };
}

/** Most measurements of most unicorns change nothing: nothing is made on the way to that. */
function changesAny(known: AlertState | undefined, measurement: Measurement, rules: Rules): boolean {
  for (const watch of rules.watches) {
    if (changeOfVital(known?.vitals[watch.vital], watch, measurement, rules) !== undefined) {
      return known === undefined || isAfter(known, measurement);
    }
  }
  return false;
}

function isAfter(known: AlertState, { sequenceNumber }: Measurement): boolean {
  return (
    known.sequenceNumber === undefined || compareSequenceNumbers(sequenceNumber, known.sequenceNumber) > 0
  );
}

/** What a measurement makes of one vital: undefined if nothing new. */
function changeOfVital(
  known: VitalState | undefined,
  { attribute, below, recovered }: Watch,
  { reading, instant }: Measurement,
  { stillFiringAfter }: Rules,
): AlertKind | undefined {
  const value = reading[attribute];
  if (known?.state !== 'firing') {
    if (value >= below) return undefined;
    return known !== undefined && !isNewer(known, instant) ? undefined : 'firing';
  }
  if (!isNewer(known, instant)) return undefined;
  if (value >= recovered) return 'recovered';
  return stillFiringAfter > 0 && instant - known.instant >= stillFiringAfter ? 'still-firing' : undefined;
}

function isNewer(known: VitalState, instant: number): boolean {
  return instant > known.instant;
}

interface Change {
  readonly vitals: AlertState['vitals'];
  readonly messages: readonly string[];
}

/** All that a measurement changes, the vitals in the order of the rules. */
function changeOf(
  name: string,
  known: AlertState | undefined,
  measurement: Measurement,
  rules: Rules,
): Change {
  const { instant, reading } = measurement;
  const { StatusTime: statusTime, MagicPoints: magicPoints } = reading;
  const messages: string[] = [];
  const vitals: Partial<Record<Vital, VitalState>> = { ...known?.vitals };
  for (const watch of rules.watches) {
    const { vital, attribute } = watch;
    const before = vitals[vital];
    const state = changeOfVital(before, watch, measurement, rules);
    if (state === undefined) continue;
    const since = before === undefined || state === 'firing' ? statusTime : before.since;
    vitals[vital] = { state: state === 'recovered' ? 'recovered' : 'firing', since, statusTime, instant };
    messages.push(
      encodeAlert({
        name,
        state,
        vital,
        value: reading[attribute],
        magicPoints,
        episode: episodeId(name, vital, since),
        since,
        statusTime,
        latitude: reading.Latitude,
        longitude: reading.Longitude,
      }),
    );
  }
  return { vitals, messages };
}
