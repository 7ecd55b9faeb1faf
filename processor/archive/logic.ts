import type {
  FirehoseTransformationEvent,
  FirehoseTransformationResult,
  FirehoseTransformationResultRecord,
} from 'aws-lambda';
import { WildRydesError } from '../../telemetry/errors.ts';
import { decodeReading } from '../../telemetry/reading-codec.ts';
import type { Observer } from '../observer.ts';
import type { Effort } from '../resend.ts';
import type { WriteItems } from '../table-writer.ts';
import { withDateParts } from './date-parts.ts';
import { type EventLine, eventsIn, itemOf } from './event.ts';

/**
 * Bytes of an answer at most, as JSON.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
export const MOST_ANSWERED = 6 * 1024 * 1024;

/** Refused records named in the log, per invocation: what Firehose keeps of them names them all. */
const MOST_NAMED = 10;

export interface TransformationOptions {
  /** `readings`: only valid readings pass. `any`: every JSON object does. */
  readonly events: 'readings' | 'any';
  /** Writes each event to a table; undefined: nothing is written. */
  readonly write: WriteItems | undefined;
  readonly observer: Observer;
  /** Bytes of the answer; default 6 MB. */
  readonly mostAnswered?: number;
}

/** What became of one record. */
type Transformed =
  | { readonly events: readonly EventLine[]; readonly enriched: readonly EventLine[] }
  | { readonly refused: string };

/**
 * Transforms what Firehose is about to deliver: each record as lines of JSON, one newline after each, a reading with its
 * date parts. With a table, each event is an item of it first.
 *
 * Every recordId is answered once, in order. ProcessingFailed is what can never be used: Firehose keeps it as it came,
 * under its error prefix. So it is for what no longer fits into the answer, which is left without its date parts before
 * that. Doing it again comes to the same.
 *
 * @throws Error when the table did not take an event for now: Firehose then repeats the whole invocation.
 *   WildRydesError USAGE when the event is not one of Firehose
 */
export async function transform(
  event: FirehoseTransformationEvent,
  options: TransformationOptions,
  effort: Effort,
): Promise<FirehoseTransformationResult> {
  const { write, observer, mostAnswered = MOST_ANSWERED } = options;
  const records = recordsOf(event);
  const transformed = records.map(({ data }) => transformRecord(Buffer.from(data, 'base64'), options));
  if (write !== undefined) await store(transformed, write, effort);
  const answer = answersWithin(
    records.map(({ recordId }) => recordId),
    transformed,
    mostAnswered,
  );
  tell(observer, answer.records, transformed);
  return answer;
}

function recordsOf(event: FirehoseTransformationEvent): FirehoseTransformationEvent['records'] {
  const records: unknown = event?.records;
  if (Array.isArray(records) && records.every((record) => typeof record?.data === 'string')) {
    return event.records;
  }
  throw new WildRydesError(
    'USAGE',
    'the event must be one of a Firehose transformation: {"records":[{"recordId":…,"data":…}]}',
    { next: 'Invoke the function with the event.json beside its handler, or by its delivery stream.' },
  );
}

function transformRecord(data: Buffer, { events: wanted }: TransformationOptions): Transformed {
  const found = eventsIn(data);
  if (!found.ok) return { refused: found.reason };
  const enriched: EventLine[] = [];
  for (const event of found.events) {
    const reading = decodeReading(Buffer.from(event.text));
    if (!reading.ok && wanted === 'readings') return { refused: reading.reason };
    enriched.push(reading.ok ? withDateParts(event, reading.instant) : event);
  }
  return { events: found.events, enriched };
}

/** Puts every event into the table. What the table refuses for good takes its whole record with it. */
async function store(transformed: Transformed[], write: WriteItems, effort: Effort): Promise<void> {
  const places: number[] = [];
  const puts = transformed.flatMap((record, place) => {
    if ('refused' in record) return [];
    return record.enriched.map((event) => {
      places.push(place);
      return { item: itemOf(event), bytes: Buffer.byteLength(event.text) };
    });
  });
  const verdicts = await write(puts, effort);
  for (const [at, verdict] of verdicts.entries()) {
    if (verdict.outcome === 'failed') throw new Error(verdict.reason);
    if (verdict.outcome === 'refused') transformed[places[at]!] = { refused: verdict.reason };
  }
}

/** Answers that fit: readings lose their date parts before any record fails, the last ones first. */
function answersWithin(
  recordIds: readonly string[],
  transformed: readonly Transformed[],
  most: number,
): FirehoseTransformationResult {
  const records = recordIds.map(failed);
  let room = most - '{"records":[]}'.length - records.reduce((sum, record) => sum + sizeOf(record), 0);
  for (const form of ['events', 'enriched'] as const) {
    for (const [at, record] of transformed.entries()) {
      if ('refused' in record) continue;
      const answer = delivered(recordIds[at]!, record[form]);
      const more = sizeOf(answer) - sizeOf(records[at]!);
      if (more > room) continue;
      room -= more;
      records[at] = answer;
    }
  }
  return { records };
}

function delivered(recordId: string, lines: readonly EventLine[]): FirehoseTransformationResultRecord {
  const text = lines.map((line) => `${line.text}\n`).join('');
  return { recordId, result: 'Ok', data: Buffer.from(text).toString('base64') };
}

/** Firehose keeps what it has of a failed record, whatever the answer says. */
function failed(recordId: string): FirehoseTransformationResultRecord {
  return { recordId, result: 'ProcessingFailed', data: '' };
}

/** Bytes of it as JSON, with the comma after it. */
function sizeOf({ recordId, result, data = '' }: FirehoseTransformationResultRecord): number {
  return (
    Buffer.byteLength(JSON.stringify(recordId)) +
    result.length +
    data.length +
    '{"recordId":,"result":"","data":""},'.length
  );
}

function tell(
  observer: Observer,
  answers: readonly FirehoseTransformationResultRecord[],
  transformed: readonly Transformed[],
): void {
  const lost = answers.flatMap(({ recordId, result }, at) => {
    if (result !== 'ProcessingFailed') return [];
    const record = transformed[at]!;
    return [
      { recordId, reason: 'refused' in record ? record.refused : 'there is no room for it in the answer' },
    ];
  });
  observer.count('Records', answers.length);
  observer.count('ProcessingFailed', lost.length);
  for (const each of lost.slice(0, MOST_NAMED)) observer.warn('refused a record', each);
  if (lost.length > MOST_NAMED) observer.warn('refused more records', { records: lost.length - MOST_NAMED });
}
