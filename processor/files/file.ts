import { DamagedGzip } from '../objects/gzip.ts';
import type { LineQuarantine, RefusedLine } from '../objects/line-quarantine.ts';
import { isBlank, type Line, LineCutter } from '../objects/lines.ts';
import { ObjectGone, type OpenObject } from '../objects/object-body.ts';
import { UnreadableFile, unpacked } from '../objects/unpacked.ts';
import type { Effort } from '../resend.ts';
import { decodeLine } from './line-record.ts';
import type { LinePut, WriteLines } from './line-writer.ts';

/** What became of the lines of a file so far: `lines` is the sum of the others. */
export interface FileTally {
  lines: number;
  /** In the table, or put out of its place by a later line of the same key. */
  stored: number;
  /** Readings in whose place a summary stays. */
  outranked: number;
  quarantined: number;
  blank: number;
}

export interface FilePlaces {
  readonly write: WriteLines;
  readonly quarantine: LineQuarantine;
  /** Counted up as the file is read. */
  readonly tally: FileTally;
  /** Default: 1,000 lines or 1 MiB, whatever comes first. */
  readonly batchSize?: BatchSize;
}

/** A batch is written when it is made of so many lines, or of so many bytes. */
interface BatchSize {
  readonly lines: number;
  readonly bytes: number;
}

const BATCH: BatchSize = { lines: 1_000, bytes: 1024 * 1024 };

/**
 * Reads a file to its end, plain or gzip by its first bytes, and writes it to the table batch by batch: while one is
 * written the next one is gathered, and then the reading waits. So order is kept under each key, and no more than two
 * batches are in memory.
 *
 * @throws what the reader throws; Error naming the first line that the table or the quarantine could not take for now.
 *   Nothing of it goes on then
 */
export async function loadFile(
  { pieces, contentEncoding }: Pick<OpenObject, 'pieces' | 'contentEncoding'>,
  places: FilePlaces,
  effort: Effort,
): Promise<void> {
  const { batchSize = BATCH } = places;
  let batch = new Batch();
  let underWay: Promise<void> = Promise.resolve();
  const flush = async () => {
    await underWay;
    underWay = batch.settle(places, effort);
    underWay.catch(() => {}); // it is awaited when the next one is gathered
    batch = new Batch();
  };
  const cutter = new LineCutter();
  // The lines that were read of such an object stand nowhere else any more: they are brought to their end first.
  let gone: ObjectGone | undefined;
  try {
    try {
      for await (const piece of unpacked(pieces, contentEncoding)) {
        for (const line of cutter.cut(piece)) {
          batch.add(line);
          if (batch.reaches(batchSize)) await flush();
        }
      }
      const rest = cutter.rest();
      if (rest !== undefined) batch.add(rest);
    } catch (error) {
      if (error instanceof ObjectGone) gone = error;
      else if (!(error instanceof UnreadableFile) && !(error instanceof DamagedGzip)) throw error;
      else {
        const { number } = cutter;
        const { bytes, length } = cutter.rest() ?? { bytes: Buffer.alloc(0), length: 0 };
        batch.refuse({ number, bytes, length, reason: `the rest of the file is lost: ${error.message}` });
      }
    }
    await flush();
    await underWay;
    await places.quarantine.finish();
    if (gone !== undefined) throw gone;
  } finally {
    await underWay.catch(() => {});
  }
}

/** Lines that follow one another. */
class Batch {
  readonly #accepted: { readonly line: Line; readonly put: LinePut }[] = [];
  readonly #refused: RefusedLine[] = [];
  #bytes = 0;
  #lines = 0;
  #blank = 0;

  reaches({ lines, bytes }: BatchSize): boolean {
    return this.#lines >= lines || this.#bytes >= bytes;
  }

  add(line: Line): void {
    this.#bytes += line.bytes.length + 1;
    if (isBlank(line)) {
      this.#lines++;
      this.#blank++;
      return;
    }
    const record = decodeLine(line);
    if (!record.ok) {
      this.refuse({ ...line, reason: record.reason });
      return;
    }
    this.#lines++;
    const { item, yields } = record;
    this.#accepted.push({ line, put: { item, yields, bytes: line.length } });
  }

  refuse(line: RefusedLine): void {
    this.#lines++;
    this.#refused.push(line);
  }

  /** Writes what was accepted, keeps what was refused, and counts both. */
  async settle({ write, quarantine, tally }: FilePlaces, effort: Effort): Promise<void> {
    const refused = [...this.#refused];
    let stored = 0;
    let outranked = 0;
    const verdicts = await write(
      this.#accepted.map(({ put }) => put),
      effort,
    );
    for (const [at, verdict] of verdicts.entries()) {
      const { line } = this.#accepted[at]!;
      if (verdict.outcome === 'failed') throw new Error(`line ${line.number}: ${verdict.reason}`);
      if (verdict.outcome === 'refused') refused.push({ ...line, reason: verdict.reason });
      else if (verdict.outcome === 'outranked') outranked++;
      else stored++;
    }
    refused.sort((a, b) => a.number - b.number);
    for (const line of refused) await quarantine.add(line);
    tally.stored += stored;
    tally.outranked += outranked;
    tally.quarantined += refused.length;
    tally.blank += this.#blank;
    tally.lines += this.#lines;
  }
}
