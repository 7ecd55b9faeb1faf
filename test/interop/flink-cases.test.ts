import { beforeAll, describe, expect, it } from 'vitest';
import { readCases } from '../../aggregation/cases/format.ts';
import { generateCase } from '../../aggregation/cases/generate.ts';
import { EMPTY_TALLY, type Tally } from '../../telemetry/balance.ts';
import { parseStatusTime } from '../../telemetry/status-time.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { decodeSummary, encodeSummary } from '../../telemetry/summary-codec.ts';
import { WINDOW } from '../../telemetry/topology.ts';
import { type CaseResult, runInFlink } from './flink/cases.ts';

/** Shown when one fails: with it and the case's number, it comes again. */
const SEED = Number(process.env.CASES_SEED ?? Math.floor(Math.random() * 2 ** 31));

const HISTORY = 'history';
const cases = readCases();
const generated = Array.from({ length: 500 }, (_, number) => generateCase(SEED, number));

let results: ReadonlyMap<string, CaseResult>;

/**
 * Each hand-made case is a job of its own. The generated ones are one job: they lie one after the other, and have
 * shards and unicorns of their own. The end of a job's input closes what is open.
 */
beforeAll(async () => {
  const all = await runInFlink([
    ...cases.map(([name, { events }]) => ({ name, events })),
    { name: HISTORY, events: generated.flatMap(({ events }) => events) },
  ]);
  results = new Map(all.map((result) => [result.name, result]));
});

describe('the cases, in Flink', () => {
  it.each(cases)('%s', (name, { expect: expected }) => {
    const { summaries, quarantine, watermark, total, books } = results.get(name)!;
    expect(watermark).toBe(expected.watermark === null ? null : parseStatusTime(expected.watermark));

    const [closed, open] = byWatermark(summaries, watermark);
    // Those of one moment come in no particular order.
    expect(closed.toSorted()).toEqual(expected.summaries.map(encodeSummary).toSorted());
    expect(minutesByName(closed)).toEqual(minutesByName(expected.summaries.map(encodeSummary)));
    if (expected.openWindows !== null) expect(open).toHaveLength(expected.openWindows);

    expect(quarantine.map(({ event }) => event)).toEqual(expected.quarantine.map(({ event }) => event));
    for (const [index, { category, mentions }] of expected.quarantine.entries()) {
      const { reason } = quarantine[index]!;
      expect(reason).toMatch(
        category === 'future' ? /after the record's arrival/ : /^(?!.*after the record)/,
      );
      if (mentions !== undefined) expect(reason).toContain(mentions);
    }

    expect(total).toEqual(closedAtTheEnd(expected.tallies.total, open.length));
    for (const [key, tally] of Object.entries(expected.tallies)) {
      if (key === 'total') continue;
      const its = open.filter((text) => nameIn(text) === key).length;
      expect({ [key]: books[key] ?? EMPTY_TALLY }).toEqual({ [key]: closedAtTheEnd(tally, its) });
    }
  });
});

describe(`500 generated cases, seed ${SEED}`, () => {
  it('every summary, and no other', () => {
    const expected = generated.flatMap(({ expect: { summaries, remaining } }) => [
      ...summaries,
      ...remaining,
    ]);
    const given = results.get(HISTORY)!.summaries;
    const wanted = new Set(expected.map((summary) => encodeSummary(summary)));
    expect(given.filter((text) => !wanted.has(text)).slice(0, 10)).toEqual([]);
    const there = new Set(given);
    expect([...wanted].filter((text) => !there.has(text)).slice(0, 10)).toEqual([]);
    expect(given).toHaveLength(expected.length);
  });

  it('every quarantined record', () => {
    let before = 0;
    const expected: number[] = [];
    for (const { events, expect: its } of generated) {
      expected.push(...its.quarantine.map((event) => before + event));
      before += events.length;
    }
    expect(results.get(HISTORY)!.quarantine.map(({ event }) => event)).toEqual(expected);
  });

  it('the books of every account', () => {
    const { books } = results.get(HISTORY)!;
    for (const { name, expect: its } of generated) {
      for (const [key, tally] of its.tallies) {
        const open = its.remaining.filter((summary) => summary.Name === key).length;
        expect({ [`${name}: ${key}`]: books[key] }).toEqual({
          [`${name}: ${key}`]: closedAtTheEnd(tally, open),
        });
      }
    }
  });
});

/** A tally as it is once the windows that were open are closed. */
function closedAtTheEnd(tally: Tally, windows: number): Tally {
  return {
    ...tally,
    summarised: tally.summarised + tally.open,
    open: 0,
    summaries: tally.summaries + windows,
  };
}

/** Those that the watermark closed, and those that the end of the input did. */
function byWatermark(summaries: readonly string[], watermark: number | null): [string[], string[]] {
  const isClosed = (text: string) => watermark !== null && startOf(text) + WINDOW.size <= watermark;
  return [summaries.filter(isClosed), summaries.filter((text) => !isClosed(text))];
}

function minutesByName(summaries: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const minutes = new Map<string, number[]>();
  for (const text of summaries) {
    const name = nameIn(text);
    minutes.set(name, [...(minutes.get(name) ?? []), startOf(text)]);
  }
  return minutes;
}

function startOf(text: string): number {
  const decoded = decodeSummary(Buffer.from(text));
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.instant;
}

function nameIn(text: string): string {
  return (JSON.parse(text) as Summary).Name;
}
