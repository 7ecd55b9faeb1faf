import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { everyRecordHasOneFate, type Tally } from '../telemetry/balance.ts';
import { decodeReading } from '../telemetry/reading-codec.ts';
import { parseStatusTime } from '../telemetry/status-time.ts';
import type { Summary } from '../telemetry/summary.ts';
import { OUTCOME, WindowEngine } from './engine.ts';

type Event =
  | { event: 'start'; shard: string; parents: string[] }
  | { event: 'record'; shard: string; key: string; arrival: string; text?: string; base64?: string }
  | { event: 'silence'; shard: string; milliseconds: number }
  | { event: 'finish'; shard: string };

interface Case {
  title: string;
  rule: string;
  events: Event[];
  expect: {
    summaries: Summary[];
    quarantine: { event: number; category: 'invalid' | 'future'; mentions?: string }[];
    tallies: { total: Tally } & Record<string, Tally>;
    watermark: string | null;
    openWindows: number | null;
  };
}

const folder = join(import.meta.dirname, 'cases');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

/** How an engine is run: `checkpointing` puts it together anew from its snapshot before every event. */
const MANNERS = ['at a stretch', 'checkpointing'] as const;

describe.each(MANNERS)('the cases, %s', (manner) => {
  it.each(files)('%s', (file) => {
    const { events, expect: expected } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Case;
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

function feed(engine: WindowEngine, event: Event): { category: string; reason: string } | undefined {
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
      const bytes =
        event.base64 === undefined ? Buffer.from(event.text ?? '') : Buffer.from(event.base64, 'base64');
      const decoded = decodeReading(bytes);
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
  expect(files.length).toBeGreaterThanOrEqual(20);
});
