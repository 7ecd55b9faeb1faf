import { readFileSync } from 'node:fs';
import { WindowEngine } from '../../aggregation/engine.ts';
import { decodeReading } from '../../telemetry/reading-codec.ts';
import { stopwatch, type Took } from '../harness/stopwatch.ts';
import { answerTasks } from '../harness/tasks.ts';

export interface Lines {
  readonly path: string;
}

/** What came out, so that contestants can be held against one another. */
export interface Summaries extends Took {
  readonly readings: number;
  readonly windows: number;
  /** Metres, all of them. */
  readonly distance: number;
}

/** As many records as a GetRecords answer holds; then windows may close. */
const BATCH = 10_000;
const NEWLINE = 10;

/** Reads the file, decodes and validates each line, merges it into its window, and closes what is due. */
function aggregate({ path }: Lines): Summaries {
  const took = stopwatch();
  const bytes = readFileSync(path);
  const engine = new WindowEngine();
  const shard = engine.startShard('shardId-000000000000', []);
  const totals = { readings: 0, windows: 0, distance: 0 };
  const count = (summary: { readonly Readings: number; readonly Distance: number }) => {
    totals.readings += summary.Readings;
    totals.windows++;
    totals.distance += summary.Distance;
  };
  let lines = 0;
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from);
    const to = end < 0 ? bytes.length : end;
    engine.accept(shard, decodeReading(bytes.subarray(from, to)), '', Number.MAX_SAFE_INTEGER);
    if (++lines % BATCH === 0) engine.close(count);
    from = to + 1;
  }
  engine.closeAll(count);
  return { ...took(), ...totals };
}

answerTasks({ aggregate });
