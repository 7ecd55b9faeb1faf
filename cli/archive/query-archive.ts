import { tmpdir } from 'node:os';
import { S3Client } from '@aws-sdk/client-s3';
import { hoursOf, type Span } from '../../infra/archive/hours.ts';
import type { Question } from '../../infra/archive/question.ts';
import { parametersOf, SAVED_QUERIES } from '../../infra/archive/saved-queries.ts';
import { defaultStateFolder } from '../../infra/project.ts';
import {
  clientConfig,
  describeTarget,
  resolveTarget,
  type Target,
  type TargetFlags,
} from '../../infra/target.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { quote } from '../../telemetry/excerpt.ts';
import { FIRST_INSTANT, formatStatusTime, LAST_INSTANT } from '../../telemetry/status-time.ts';
import { BUCKETS } from '../../telemetry/topology.ts';
import { explainTarget } from '../advice.ts';
import { asTyped, targetFlags } from '../hints.ts';
import { onInterrupt } from '../interrupt.ts';
import { readMoment } from '../options.ts';
import { unread } from '../output.ts';
import { prefixAt, wholeName } from '../shell/prefix.ts';
import { coloursFor, columnsOf, isLiveTerminal, printable } from '../terminal.ts';
import { type AnswerPage, listing, ndjson, tablePrinter } from './answer.ts';
import { openReadings, type Readings } from './duckdb.ts';
import { loadDuckDb } from './duckdb-package.ts';
import { type ArchiveObject, fetchObjects, listArchive } from './objects.ts';
import { savedQuestion } from './saved.ts';
import { readSql } from './sql.ts';

export interface ArchiveFlags extends TargetFlags {
  /** SQL; empty: none. */
  readonly archive?: string | undefined;
  /** Name of a query of the kit's; empty: none. */
  readonly saved?: string | undefined;
  readonly name?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly bucket?: string | undefined;
  /** Of a deployment that shares its account: `alice`. */
  readonly prefix?: string | undefined;
  readonly 'athena-output'?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Where a question goes, and for which readings. */
interface Asked {
  readonly target: Target;
  readonly s3: S3Client;
  readonly bucket: string;
  readonly question: Question;
  readonly span: Span;
  readonly flags: ArchiveFlags;
  readonly signal: AbortSignal;
}

/**
 * Asks the archive a question in SQL: here and at an endpoint by fetching it into a DuckDB that is thrown away, on AWS
 * by Athena. Without a question, prints what can be asked.
 *
 * @throws WildRydesError USAGE, UNREACHABLE, or NOT_FOUND when there is no archive or nothing in it
 */
export async function queryArchive(flags: ArchiveFlags): Promise<void> {
  const question = readQuestion(flags, Date.now());
  if (question === undefined) {
    process.stdout.write(`${asTyped(OVERVIEW.join('\n'))}\n`);
    return;
  }
  const output = flags['athena-output'];
  if (output !== undefined && !/^s3:\/\/[a-z0-9][a-z0-9.-]+(?:\/|$)/.test(output)) {
    throw new WildRydesError(
      'USAGE',
      `--athena-output must be an S3 URL such as s3://BUCKET/PREFIX/ (given ${quote(output)})`,
    );
  }
  const target = resolveTarget(flags, process.env);
  const named = wholeName({ option: '--bucket', name: flags.bucket, prefix: flags.prefix });
  const prefix = prefixAt(target, process.env, flags.prefix);
  const span = readSpan(flags, Date.now());
  const interrupt = onInterrupt();
  const s3 = new S3Client({ ...clientConfig(target), forcePathStyle: target.kind !== 'aws' });
  try {
    const bucket = named ?? (await bucketOf(s3, target, prefix, interrupt.signal));
    const asked = { target, s3, bucket, question, span, flags, signal: interrupt.signal };
    await print(
      target.kind === 'aws' ? viaAthena(asked) : viaDuckDb(asked),
      flags.json ?? false,
      interrupt.signal,
    );
  } catch (error) {
    if (interrupt.signal.aborted) return;
    throw explain(error, target);
  } finally {
    interrupt.release();
    s3.destroy();
  }
}

function readQuestion(flags: ArchiveFlags, now: number): Question | undefined {
  const { archive = '', saved = '', name, since } = flags;
  if (archive === '' && saved === '') return undefined;
  if (saved !== '') {
    if (archive !== '') throw new WildRydesError('USAGE', '--saved and SQL of your own exclude each other');
    const from = since === undefined ? undefined : formatStatusTime(momentOf('--since', since, now));
    return savedQuestion(saved, { name, since: from });
  }
  if (name !== undefined) {
    throw new WildRydesError('USAGE', `--name has no place in SQL of your own (given ${quote(name)})`, {
      next: "Write it into the query: WHERE Name = '…'",
    });
  }
  return { sql: readSql(archive), values: [] };
}

function readSpan({ since, until }: ArchiveFlags, now: number): Span {
  const span = {
    since: since === undefined ? undefined : momentOf('--since', since, now),
    until: until === undefined ? undefined : momentOf('--until', until, now),
  };
  if (span.since === undefined || span.until === undefined || span.since < span.until) return span;
  throw new WildRydesError(
    'USAGE',
    `--until must be later than --since (given ${formatStatusTime(span.until)} and ${formatStatusTime(span.since)})`,
  );
}

/** A moment that StatusTime can tell: so long ago that it cannot is as good as its first. */
function momentOf(option: string, text: string, now: number): number {
  return Math.min(LAST_INSTANT, Math.max(FIRST_INSTANT, readMoment(option, text, now)));
}

async function* viaAthena(asked: Asked): AsyncGenerator<AnswerPage> {
  const { target, s3, bucket, question, span, flags, signal } = asked;
  // Read only here: whoever asks the local archive need not wait for it.
  const [{ AthenaClient }, { answersOf, askOnAws, boundsOf }] = await Promise.all([
    import('@aws-sdk/client-athena'),
    import('./on-aws.ts'),
  ]);
  const bounds = await boundsOf(s3, bucket, span, Date.now(), signal);
  if (bounds === undefined) throw nothingThere(asked);
  const client = new AthenaClient(clientConfig(target));
  try {
    const output = flags['athena-output'];
    const answersTo = output === undefined ? await answersOf(client, bucket, signal) : { output };
    yield* askOnAws({ client, answersTo }, bucket, question, bounds, span, signal);
  } finally {
    client.destroy();
  }
}

async function bucketOf(s3: S3Client, target: Target, prefix: string, signal: AbortSignal): Promise<string> {
  if (target.kind !== 'aws') return `${prefix}${BUCKETS.archive}`;
  const { findBucket } = await import('./on-aws.ts');
  const found = await findBucket(s3, await s3.config.region(), prefix, signal);
  if (found !== undefined) return found;
  throw archiveMissing(target, undefined);
}

/** Bytes of objects that are fetched before they are read and thrown away. */
const BATCH = 64 * 1024 * 1024;
const MOST_IN_BATCH = 500;

async function* viaDuckDb(asked: Asked): AsyncGenerator<AnswerPage> {
  const { s3, bucket, question, span, signal } = asked;
  const objects: ArchiveObject[] = [];
  for await (const object of listArchive(s3, bucket, hoursOf(span), signal)) objects.push(object);
  if (objects.length === 0) throw nothingThere(asked);
  const duckdb = await loadDuckDb(defaultStateFolder(), say);
  const readings = await openReadings(duckdb, span);
  try {
    await load(readings, objects, asked);
    yield* readings.ask(question, signal);
  } finally {
    await readings.close();
  }
}

async function load(
  readings: Readings,
  objects: readonly ArchiveObject[],
  { s3, bucket, signal }: Asked,
): Promise<void> {
  const progress = progressOf(objects.length);
  let leftOut = 0;
  try {
    for (const batch of batches(objects)) {
      const onUnreadable = (key: string, reason: string) => {
        progress.clear();
        say(`left out: ${printable(key)} cannot be read: ${printable(reason)}`);
      };
      const files = await fetchObjects(
        s3,
        bucket,
        batch,
        readings.folder,
        progress.step,
        onUnreadable,
        signal,
      );
      leftOut += await readings.add(files, onUnreadable);
      signal.throwIfAborted();
    }
  } finally {
    progress.clear();
  }
  if (leftOut > 0)
    say(`left out: ${leftOut === 1 ? 'a line that is no reading' : `${leftOut} lines that are no readings`}`);
}

function* batches(objects: readonly ArchiveObject[]): Generator<ArchiveObject[]> {
  let batch: ArchiveObject[] = [];
  let bytes = 0;
  for (const object of objects) {
    if (batch.length === MOST_IN_BATCH || (batch.length > 0 && bytes + object.size > BATCH)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(object);
    bytes += object.size;
  }
  if (batch.length > 0) yield batch;
}

/** A count that is written over itself, on a terminal. */
function progressOf(all: number): { readonly step: () => void; readonly clear: () => void } {
  if (!isLiveTerminal(process.stderr, process.env)) return { step: () => {}, clear: () => {} };
  let done = 0;
  return {
    step: () => void process.stderr.write(`\r${++done} of ${all} objects`),
    clear: () => void process.stderr.write('\r\u001b[K'),
  };
}

async function print(pages: AsyncGenerator<AnswerPage>, json: boolean, signal: AbortSignal): Promise<void> {
  const screen = columnsOf(process.stdout, Number.MAX_SAFE_INTEGER);
  const lines = json
    ? ndjson
    : tablePrinter(screen, coloursFor(process.stdout, process.env), (hidden) =>
        say(
          `no room for ${hidden === 1 ? 'the last column' : `the last ${hidden} columns`}: all of it with --json`,
        ),
      );
  for await (const page of pages) {
    process.stdout.write(
      lines(page)
        .map((line) => `${line}\n`)
        .join(''),
    );
    await unread(process.stdout, signal);
    if (signal.aborted) return;
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function explain(error: unknown, target: Target): unknown {
  const { name, code, message } = (error ?? {}) as { name?: string; code?: string; message?: string };
  if (name === 'NoSuchBucket') return archiveMissing(target, error);
  if (/^(?:ENOSPC|EDQUOT|EACCES|EROFS|ENOENT)$/.test(code ?? '')) {
    return new WildRydesError('STATE_UNUSABLE', `cannot put the archive into ${tmpdir()}: ${message}`, {
      next: 'Ask for less of it with --since and --until, or name a folder with more room in TMPDIR.',
      cause: error,
    });
  }
  return explainTarget(error, target, (cause) => archiveMissing(target, cause));
}

function archiveMissing(target: Target, cause: unknown): WildRydesError {
  return new WildRydesError('NOT_FOUND', `there is no archive at ${describeTarget(target)}`, {
    next:
      target.kind === 'local'
        ? `The pipeline creates it: ./wildrydes start${targetFlags(target)} without --empty.`
        : `Name its deployment with --prefix, or its bucket with --bucket; the kit's is ${BUCKETS.archive}, on AWS with account and region after it.`,
    cause,
  });
}

function nothingThere({ target, span, bucket }: Asked): WildRydesError {
  const when = span.since === undefined && span.until === undefined ? '' : ' for that time';
  const where = `${bucket} at ${describeTarget(target)}`;
  return new WildRydesError('NOT_FOUND', `there is nothing in the archive ${where}${when} yet`, {
    next: `It is filled once a minute, while there are readings: ./producer${targetFlags(target)}, and look again in a minute.`,
  });
}

const OVERVIEW = [
  'The archive holds every valid reading, in one table. Ask it in SQL:',
  '',
  '  ./wildrydes query --archive "SELECT Name, COUNT(*) FROM readings GROUP BY Name"',
  '',
  'Columns of readings:',
  '',
  ...listing([
    ['Name', 'the unicorn'],
    ['StatusTime', 'when it was measured, a timestamp in UTC'],
    ['Latitude, Longitude', 'degrees'],
    ['Distance', 'metres in the second before'],
    ['MagicPoints, HealthPoints', 'whole numbers'],
    ['Year, Month, Day, Hour, Minute', 'of StatusTime'],
    ['arrived_year, arrived_month, arrived_day, arrived_hour', 'in which hour it came'],
  ]),
  '',
  'A reading may be there twice: Firehose delivers at least once. COUNT(DISTINCT StatusTime) counts it once.',
  '',
  'Questions that are ready to be asked:',
  '',
  ...listing(
    Object.entries(SAVED_QUERIES).map(([name, query]) => [
      [`--saved ${name}`, ...parametersOf(query).map((parameter) => `--${parameter} …`)].join(' '),
      query.describe,
    ]),
  ),
];
