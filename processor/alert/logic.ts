import type { DecodedReading } from '../../telemetry/reading.ts';
import { WINDOW } from '../../telemetry/topology.ts';
import { inLanes } from '../lanes.ts';
import type { Observer } from '../observer.ts';
import type { EventRecord } from '../records.ts';
import { describeError, type Effort } from '../resend.ts';
import { HANDLED, type Verdict } from '../settle.ts';
import type { AlertTable } from './alert-table.ts';
import { type AlertState, findStep, type Measurement, type Step } from './episode.ts';
import type { Memory } from './memory.ts';
import type { Outbox } from './outbox.ts';
import type { Rules } from './rules.ts';

/** A record of the stream `wildrydes`, decoded. */
export type ReadingRecord = EventRecord<DecodedReading>;

export interface LowMagicOptions {
  readonly table: AlertTable;
  readonly outbox: Outbox;
  readonly memory: Memory;
  readonly observer: Observer;
  readonly rules: Rules;
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
 * Follows the vitals of the unicorns in a batch: one message when an episode opens, now and then while it lasts, one when
 * it ends.
 *
 * What changes is written with its messages pending; then they are published, each of them written as told. Once they
 * are written the records are handled: what cannot be published now stays pending, and is published by another
 * invocation, perhaps more than once, and always in order.
 *
 * @returns one verdict per record, in the order of the records: failed from the first one of a unicorn whose state could
 *   not be read or written. What is no valid reading, or from the future, is passed over: the aggregation puts it into
 *   quarantine. Never rejects.
 */
export async function followMagic(
  records: readonly ReadingRecord[],
  { table, outbox, memory, observer, rules }: LowMagicOptions,
  effort: Effort,
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(records.length).fill(HANDLED);
  const unicorns = measurementsByName(records);
  const known = await recallOrRead(unicorns, memory, table, effort);
  observer.count('Unicorns', unicorns.size);
  const delivery = outbox.begin(effort);

  const fail = (name: string, from: number, reason: string) => {
    memory.forget(name);
    for (const { place } of unicorns.get(name)!.slice(from)) verdicts[place] = { outcome: 'failed', reason };
  };
  const changing: { readonly name: string; readonly state: AlertState | undefined; readonly step: Step }[] =
    [];
  for (const [name, measurements] of unicorns) {
    if (!known.states.has(name)) {
      fail(name, 0, `state not read: ${describeError(known.error)}`);
      continue;
    }
    const state = known.states.get(name);
    const step = findStep(name, state, measurements, rules);
    if (step !== undefined) {
      changing.push({ name, state, step });
      continue;
    }
    if (state !== undefined && state.pending.length > 0) delivery.wait(name);
    memory.remember(name, { state, instant: measurements.at(-1)!.instant });
  }

  await inLanes(changing, CHANGES_AT_A_TIME, async ({ name, state, step }) => {
    const measurements = unicorns.get(name)!;
    const advance = await advanceUnicorn(name, state, measurements, step);
    if ('failedFrom' in advance) fail(name, advance.failedFrom, advance.reason);
    else memory.remember(name, { state: advance.state, instant: measurements.at(-1)!.instant });
  });
  await delivery.catchUp();
  return verdicts;

  /** Takes one unicorn through its steps, one after the other, and has published what they leave pending. */
  async function advanceUnicorn(
    name: string,
    start: AlertState | undefined,
    measurements: readonly Measurement[],
    first: Step,
  ): Promise<Advance> {
    let state = start;
    let step: Step | undefined = first;
    let affected = first.at; // the first measurement whose consequences are not in the table
    let lostRaces = 0;
    try {
      while (step !== undefined) {
        affected = step.at;
        if (step.dropped > 0 && state !== undefined) {
          // What is published need not make room.
          const { length } = state.pending;
          state = await delivery.deliver(name, state);
          if (state.pending.length < length) {
            step = findStep(name, state, measurements, rules, step.at);
            continue;
          }
        }
        if (await table.replace(name, state, step.next, effort)) {
          lostRaces = 0;
          if (step.dropped > 0) {
            observer.warn('too many messages are pending: some made room', { name, dropped: step.dropped });
            observer.count('AlertsDropped', step.dropped);
          }
          state = await delivery.deliver(name, step.next);
          step = findStep(name, state, measurements, rules, step.to);
          continue;
        }
        // The state was not what it was taken for: every measurement is judged again by what it is.
        affected = 0;
        if (++lostRaces > MOST_LOST_RACES)
          throw new Error('another environment keeps writing the same state');
        const { states, error } = await table.read([name], effort);
        if (!states.has(name)) throw error;
        state = states.get(name);
        step = findStep(name, state, measurements, rules);
        if (step === undefined && state !== undefined) state = await delivery.deliver(name, state);
      }
      return { state };
    } catch (error) {
      return { failedFrom: affected, reason: `state not written: ${describeError(error)}` };
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
    const measurement = { sequenceNumber, reading, instant, place };
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
