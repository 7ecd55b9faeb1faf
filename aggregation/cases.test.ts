import { describe, expect, it } from 'vitest';
import { everyRecordHasOneFate } from '../telemetry/balance.ts';
import { decodeReading } from '../telemetry/reading-codec.ts';
import { parseStatusTime } from '../telemetry/status-time.ts';
import type { Summary } from '../telemetry/summary.ts';
import { runsEndToEnd } from './cases/end-to-end.ts';
import { bytesOf, type CaseEvent, readCases } from './cases/format.ts';
import { type GeneratedCase, generateCase } from './cases/generate.ts';
import { OUTCOME, WindowEngine } from './engine.ts';

const cases = readCases();

/** How an engine is run: `checkpointing` puts it together anew from its snapshot before every event. */
const MANNERS = ['at a stretch', 'checkpointing'] as const;

describe.each(MANNERS)('the cases, %s', (manner) => {
  it.each(cases)('%s', (_, { events, expect: expected }) => {
    let engine = new WindowEngine();
    const summaries: Summary[] = [];
    const quarantine: { event: number; category: string }[] = [];
    for (const [index, event] of events.entries()) {
      if (manner === 'checkpointing') engine = new WindowEngine(engine.snapshot());
      const category = feed(engine, event);
      if (category !== undefined) {
        const wanted = expected.quarantine[quarantine.length];
        if (wanted?.mentions !== undefined) expect(category.reason).toContain(wanted.mentions);
        quarantine.push({
          event: index,
          category: category.category,
          ...(wanted?.mentions === undefined ? {} : { mentions: wanted.mentions }),
        });
      }
      engine.close((summary) => summaries.push(summary));
      expect(everyRecordHasOneFate(engine.tally())).toBe(true);
    }

    expect(summaries).toEqual(expected.summaries);
    expect(quarantine).toEqual(expected.quarantine);
    for (const [key, tally] of Object.entries(expected.tallies)) {
      expect({ [key]: engine.tally(key === 'total' ? undefined : [key]) }).toEqual({ [key]: tally });
    }
    expect(engine.watermark).toBe(expected.watermark === null ? null : parseStatusTime(expected.watermark));
    if (expected.openWindows !== null) expect(engine.openWindows).toBe(expected.openWindows);
  });
});

/** Shown when one fails: with it and the case's number, it comes again. */
const SEED = Number(process.env.CASES_SEED ?? 20_260_301);

describe(`500 generated cases, seed ${SEED}`, () => {
  const generated = Array.from({ length: 500 }, (_, number) => generateCase(SEED, number));

  it('each alone', () => {
    for (const one of generated) {
      const engine = new WindowEngine();
      const { summaries, quarantine } = run(engine, one);
      expect.soft({ [one.name]: summaries }).toEqual({ [one.name]: one.expect.summaries });
      expect({ [one.name]: quarantine }).toEqual({ [one.name]: one.expect.quarantine });
      expect({ [one.name]: engine.watermark }).toEqual({ [one.name]: one.expect.watermark });
      expectTallies(engine, one, 'open');
      expect(closedBy(engine)).toEqual(one.expect.remaining);
    }
  });

  it('one after the other, as one history', () => {
    const engine = new WindowEngine();
    const summaries = generated.flatMap((one) => run(engine, one).summaries);
    summaries.push(...closedBy(engine));
    const expected = generated.flatMap((one) => [...one.expect.summaries, ...one.expect.remaining]);
    expect(summaries.map(inOneLine).sort()).toEqual(expected.map(inOneLine).sort());
    for (const one of generated) expectTallies(engine, one, 'closed');
  });

  it('with all there is in them', () => {
    const fates = generated.flatMap((one) => [...one.expect.tallies.values()]);
    for (const fate of ['summarised', 'duplicates', 'late', 'quarantined', 'open'] as const) {
      expect(fates.reduce((sum, tally) => sum + tally[fate], 0)).toBeGreaterThan(200);
    }
    const events = generated.flatMap((one) => one.events);
    for (const what of ['start', 'silence', 'finish'] as const) {
      expect(events.filter((event) => event.event === what).length).toBeGreaterThan(500);
    }
  });
});

function run(engine: WindowEngine, one: GeneratedCase): { summaries: Summary[]; quarantine: number[] } {
  const summaries: Summary[] = [];
  const quarantine: number[] = [];
  for (const [index, event] of one.events.entries()) {
    if (feed(engine, event) !== undefined) quarantine.push(index);
    engine.close((summary) => summaries.push(summary));
  }
  return { summaries, quarantine };
}

function closedBy(engine: WindowEngine): Summary[] {
  const summaries: Summary[] = [];
  engine.closeAll((summary) => summaries.push(summary));
  return summaries;
}

/** @param rest what became of the readings of windows that were open in the case's end */
function expectTallies(engine: WindowEngine, one: GeneratedCase, rest: 'open' | 'closed'): void {
  for (const [key, tally] of one.expect.tallies) {
    const { open, summarised, summaries, ...others } = engine.tally([key]);
    const name = `${one.name}: ${key}`;
    if (rest === 'open') {
      expect({ [name]: { ...others, open, summarised, summaries } }).toEqual({ [name]: tally });
    } else {
      expect({ [name]: { ...others, read: summarised } }).toMatchObject({
        [name]: { delivered: tally.delivered, late: tally.late, read: tally.summarised + tally.open },
      });
    }
  }
}

function inOneLine(summary: Summary): string {
  return JSON.stringify(summary);
}

function feed(engine: WindowEngine, event: CaseEvent): { category: string; reason: string } | undefined {
  switch (event.event) {
    case 'start':
      engine.startShard(event.shard, event.parents);
      return undefined;
    case 'silence':
      engine.silent(engine.startShard(event.shard, []), event.milliseconds);
      return undefined;
    case 'finish':
      engine.finishShard(engine.startShard(event.shard, []));
      return undefined;
    case 'record': {
      const decoded = decodeReading(bytesOf(event));
      const shard = engine.startShard(event.shard, []);
      const outcome = engine.accept(shard, decoded, event.key, parseStatusTime(event.arrival)!);
      if (outcome === OUTCOME.invalid) {
        return { category: 'invalid', reason: decoded.ok ? '' : decoded.reason };
      }
      return outcome === OUTCOME.future ? { category: 'future', reason: '' } : undefined;
    }
  }
}

it('there are cases', () => {
  expect(cases.length).toBeGreaterThanOrEqual(40);
});

describe('cases that a real stream can be given', () => {
  const now = Date.UTC(2026, 10, 1);
  const able = cases.filter(([, one]) => runsEndToEnd(one, now)).map(([file]) => file.slice(0, 2));

  it.each([
    ['01', 'one shard'],
    ['14', 'damaged records'],
    ['23', 'a split'],
    ['26', 'a merge'],
    ['60', 'readings of other years'],
    ['72', 'a split and a merge'],
  ])('%s: %s', (number) => {
    expect(able).toContain(number);
  });

  it.each([
    ['15', 'a reading from the future'],
    ['19', 'two shards that give at a time'],
    ['25', 'a shard that gives after it was merged'],
    ['27', 'a shard that ends and has no children'],
    ['28', 'half a split'],
    ['29', 'a silence'],
    ['49', 'a parent that never was'],
    ['51', 'a partition key that Kinesis refuses'],
    ['58', 'an arrival in the year 9999'],
    ['66', 'two children that both give'],
  ])('not %s: %s', (number) => {
    expect(able).not.toContain(number);
  });
});
