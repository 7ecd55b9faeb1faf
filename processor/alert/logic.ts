import type { DecodedReading } from '../../telemetry/reading.ts';
import { WINDOW } from '../../telemetry/topology.ts';
import { inLanes } from '../lanes.ts';
import type { Observer } from '../observer.ts';
import type { EventRecord } from '../records.ts';
import { describeError, type Effort } from '../resend.ts';
import { HANDLED, type Verdict } from '../settle.ts';
import type { AlertTable } from './alert-table.ts';
import { type AlertState, findTransition, type Measurement } from './episode.ts';
import type { Memory } from './memory.ts';
import type { Publish } from './topic.ts';

/** A record of the stream `wildrydes`, decoded. */
export type ReadingRecord = EventRecord<DecodedReading>;

export interface LowMagicOptions {
  readonly table: AlertTable;
  readonly publish: Publish;
  readonly memory: Memory;
  readonly observer: Observer;
}

/** Unicorns whose state changes at a time. */
const CHANGES_AT_A_TIME = 16;

/** Conditional writes that may be lost in a row before a unicorn is left for its next delivery. */
const MOST_LOST_RACES = 5;

/** How far a unicorn came: its state after the batch, or where it stopped and why. */
type Advance =
  | { readonly state: AlertState | undefined }
  | { readonly failedFrom: number; readonly reason: string };

/**
 * Follows the magic of the unicorns in a batch: one alert when an episode of low magic opens, one when it ends.
 *
 * A transition is written as pending, published, and then written as told. What fails or crashes between is found
 * pending and published first, so that subscribers hear of every transition, in order, and perhaps more than once.
 *
 * @returns one verdict per record, in the order of the records: failed from the first one of a unicorn that could not
 *   be acted upon. What is no valid reading, or from the future, is passed over: the aggregation puts it into
 *   quarantine. Never rejects.
 */
export async function followMagic(
  records: readonly ReadingRecord[],
  { table, publish, memory, observer }: LowMagicOptions,
  effort: Effort,
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(records.length).fill(HANDLED);
  const unicorns = measurementsByName(records);
  const known = await recallOrRead(unicorns, memory, table, effort);
  observer.count('Unicorns', unicorns.size);

  const fail = (name: string, from: number, reason: string) => {
    memory.forget(name);
    for (const { place } of unicorns.get(name)!.slice(from)) verdicts[place] = { outcome: 'failed', reason };
  };
  const changing: { readonly name: string; readonly state: AlertState | undefined }[] = [];
  for (const [name, measurements] of unicorns) {
    if (!known.states.has(name)) {
      fail(name, 0, `state not read: ${describeError(known.error)}`);
      continue;
    }
    const state = known.states.get(name);
    if (state?.pending === undefined && findTransition(name, state, measurements) === undefined) {
      memory.remember(name, { state, instant: measurements.at(-1)!.instant });
    } else {
      changing.push({ name, state });
    }
  }

  await inLanes(changing, CHANGES_AT_A_TIME, async ({ name, state }) => {
    const measurements = unicorns.get(name)!;
    const advance = await advanceUnicorn(name, state, measurements);
    if ('failedFrom' in advance) fail(name, advance.failedFrom, advance.reason);
    else memory.remember(name, { state: advance.state, instant: measurements.at(-1)!.instant });
  });
  return verdicts;

  /** Takes one unicorn through its transitions, one after the other: what is pending first, then the next one. */
  async function advanceUnicorn(
    name: string,
    start: AlertState | undefined,
    measurements: readonly Measurement[],
  ): Promise<Advance> {
    let state = start;
    let searched = 0; // measurements before it bring about nothing more
    let affected = 0; // the first measurement whose consequences are not all in place
    let lostRaces = 0;
    try {
      for (;;) {
        let next: AlertState;
        if (state?.pending !== undefined) {
          await publish(state.pending, effort);
          observer.info('published an alert', { name, state: state.state, episode: state.episode });
          observer.count('AlertsPublished', 1);
          next = { ...state, pending: undefined };
        } else {
          const transition = findTransition(name, state, measurements, searched);
          if (transition === undefined) return { state };
          affected = transition.at;
          searched = transition.at + 1;
          next = transition.next;
        }
        if (await table.replace(name, state, next, effort)) {
          state = next;
          lostRaces = 0;
          continue;
        }
        // The state was not what it was taken for: every measurement is judged again by what it is.
        searched = 0;
        affected = 0;
        if (++lostRaces > MOST_LOST_RACES)
          throw new Error('another environment keeps writing the same state');
        const { states, error } = await table.read([name], effort);
        if (!states.has(name)) throw error;
        state = states.get(name);
      }
    } catch (error) {
      return { failedFrom: affected, reason: `alert not told: ${describeError(error)}` };
    }
  }
}

/** The valid readings of a batch, by unicorn, each in the order of the stream. */
function measurementsByName(records: readonly ReadingRecord[]): ReadonlyMap<string, Measurement[]> {
  const unicorns = new Map<string, Measurement[]>();
  for (let place = 0; place < records.length; place++) {
    const { decoded, sequenceNumber, arrival } = records[place]!;
    if (!decoded.ok || decoded.instant - arrival > WINDOW.future) continue;
    const { reading, instant } = decoded;
    const measurement = {
      sequenceNumber,
      statusTime: reading.StatusTime,
      instant,
      magicPoints: reading.MagicPoints,
      place,
    };
    const measurements = unicorns.get(reading.Name);
    if (measurements === undefined) unicorns.set(reading.Name, [measurement]);
    else measurements.push(measurement);
  }
  return unicorns;
}

/** The states of the unicorns, from memory as far as it goes. Those that could not be read are missing. */
async function recallOrRead(
  unicorns: ReadonlyMap<string, readonly Measurement[]>,
  memory: Memory,
  table: AlertTable,
  effort: Effort,
): Promise<{ readonly states: ReadonlyMap<string, AlertState | undefined>; readonly error: unknown }> {
  const states = new Map<string, AlertState | undefined>();
  const unknown: string[] = [];
  for (const [name, measurements] of unicorns) {
    const remembered = memory.recall(name, measurements[0]!.instant);
    if (remembered === undefined) unknown.push(name);
    else states.set(name, remembered.state);
  }
  if (unknown.length === 0) return { states, error: undefined };
  const read = await table.read(unknown, effort);
  for (const [name, state] of read.states) states.set(name, state);
  return { states, error: read.error };
}
