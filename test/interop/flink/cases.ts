import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CaseEvent } from '../../../aggregation/cases/format.ts';
import type { Tally } from '../../../telemetry/balance.ts';
import { decodeQuarantineEntry } from '../../../telemetry/quarantine-codec.ts';
import { builtFlink } from './build.ts';

/** What the Flink job made of a case. */
export interface CaseResult {
  readonly name: string;
  /** Records for the stream of summaries, each one line. */
  readonly summaries: readonly string[];
  /** Entries for the quarantine stream, by the index of the event that they came of. */
  readonly quarantine: readonly { readonly event: number; readonly reason: string }[];
  /** Milliseconds since the epoch. */
  readonly watermark: number | null;
  readonly total: Tally;
  readonly books: Readonly<Record<string, Tally>>;
}

/** What the judge's watermark is before any reading: the least long, as a double. */
const NOTHING = -(2 ** 63);

/** A job for each case costs about a second: planning the SQL, mostly. */
const PATIENCE = 240_000;

/** Runs cases through the Flink job, in one mini-cluster. */
export async function runInFlink(
  cases: readonly { readonly name: string; readonly events: readonly CaseEvent[] }[],
): Promise<CaseResult[]> {
  const classPath = await builtFlink();
  const folder = mkdtempSync(join(tmpdir(), 'wildrydes-cases-'));
  try {
    const [given, results] = [join(folder, 'cases.ndjson'), join(folder, 'results.ndjson')];
    writeFileSync(given, cases.map((one) => `${JSON.stringify(one)}\n`).join(''));
    await promisify(execFile)(
      'java',
      [
        ...['-Xmx1g', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classPath],
        ...['com.wildrydes.aggregation.CaseRunner', given, results],
      ],
      { timeout: PATIENCE },
    );
    return readFileSync(results, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => resultOf(JSON.parse(line)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Written {
  readonly name: string;
  readonly summaries: readonly { readonly key: string; readonly text: string }[];
  readonly quarantine: readonly { readonly key: string; readonly text: string }[];
  readonly watermark: number;
  readonly total: Tally;
  readonly books: Readonly<Record<string, Tally>>;
}

function resultOf({ name, summaries, quarantine, watermark, total, books }: Written): CaseResult {
  return {
    name,
    summaries: summaries.map(({ text }) => text),
    quarantine: quarantine.map(({ text }) => {
      const decoded = decodeQuarantineEntry(Buffer.from(text));
      if (!decoded.ok) throw new Error(`${name}: ${decoded.reason}`);
      return { event: Number(decoded.entry.sequenceNumber), reason: decoded.entry.reason };
    }),
    watermark: watermark === NOTHING ? null : watermark,
    total,
    // With a key of any name, `__proto__` too.
    books: Object.assign(Object.create(null), books),
  };
}
