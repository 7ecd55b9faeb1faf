import { closeSync, openSync, readSync } from 'node:fs';
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
/** Bytes that are read of the file at a time. */
const CHUNK = 1024 * 1024;
const NEWLINE = 10;

/** Reads the file, decodes and validates each line, merges it into its window, and closes what is due. */
function aggregate({ path }: Lines): Summaries {
  const took = stopwatch();
  const engine = new WindowEngine();
  const shard = engine.startShard('shardId-000000000000', []);
  const totals = { readings: 0, windows: 0, distance: 0 };
  const count = (summary: { readonly Readings: number; readonly Distance: number }) => {
    totals.readings += summary.Readings;
    totals.windows++;
    totals.distance += summary.Distance;
  };
  let lines = 0;
  eachLine(path, (line) => {
    engine.accept(shard, decodeReading(line), '', Number.MAX_SAFE_INTEGER);
    if (++lines % BATCH === 0) engine.close(count);
  });
  engine.closeAll(count);
  return { ...took(), ...totals };
}

/** @param take is given each line without its end; the bytes are the next line's afterwards */
function eachLine(path: string, take: (line: Uint8Array) => void): void {
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  let kept = 0;
  for (;;) {
    const filled = kept + readSync(file, buffer, kept, CHUNK - kept, null);
    if (filled === kept) break;
    let from = 0;
    for (let end = buffer.indexOf(NEWLINE); end >= 0 && end < filled; end = buffer.indexOf(NEWLINE, from)) {
      take(buffer.subarray(from, end));
      from = end + 1;
    }
    buffer.copyWithin(0, from, filled);
    kept = filled - from;
  }
  closeSync(file);
  if (kept > 0) throw new Error('the last line has no end');
}

answerTasks({ aggregate });
