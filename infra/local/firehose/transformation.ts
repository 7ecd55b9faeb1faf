import { randomUUID } from 'node:crypto';
import { LOCAL } from '../../../telemetry/topology.ts';
import { ServiceError } from '../protocol/errors.ts';
import type { DeliveryStream } from './delivery-streams.ts';
import { deliveryStreamArn } from './delivery-streams.ts';
import type { Transformation } from './destination.ts';
import { orAborted } from './or-aborted.ts';
import type { SpooledRecord } from './spool.ts';

/**
 * Invokes a function and waits for what it returns, parsed.
 * Rejects when the function failed, timed out or could not be invoked, with an error whose message says why.
 */
export type InvokeFunction = (functionArn: string, event: object) => Promise<unknown>;

/** A record that could not be transformed, and why. */
export interface FailedRecord {
  readonly record: SpooledRecord;
  readonly attempts: number;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
}

export interface Transformed {
  /** Data of the records to deliver, in order; those that the function dropped are not there. */
  readonly delivered: readonly Buffer[];
  readonly failed: readonly FailedRecord[];
}

/**
 * Bytes of an event at most, in which base64 takes a third more than the data.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
const EVENT_BYTES = 6 * 1024 * 1024;

/** Of a record in the event beside its data. */
const RECORD_OVERHEAD = 1024;

/** Identifies a record in its delivery stream, to PutRecord's caller and to the function. */
export function recordIdOf({ createdAt }: DeliveryStream, index: number): string {
  return `49${String(createdAt).padStart(15, '0')}${String(index).padStart(33, '0')}000000`;
}

/** What transforms the records of one delivery stream. */
export interface Transformer {
  readonly stream: DeliveryStream;
  readonly transformation: Transformation;
  readonly invoke: InvokeFunction;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * Has a function transform records, as many at a time as it may get. Never rejects: what fails is among the failed.
 */
export async function transform(records: readonly SpooledRecord[], by: Transformer): Promise<Transformed> {
  const delivered: Buffer[] = [];
  const failed: FailedRecord[] = [];
  for (const batch of batches(records, by.transformation.bytes)) {
    const outcome = await transformBatch(batch, by);
    delivered.push(...outcome.delivered);
    failed.push(...outcome.failed);
  }
  return { delivered, failed };
}

function* batches(records: readonly SpooledRecord[], maxBytes: number): Generator<readonly SpooledRecord[]> {
  let batch: SpooledRecord[] = [];
  let bytes = 0;
  let eventBytes = RECORD_OVERHEAD;
  for (const record of records) {
    const size = record.data.length;
    const inEvent = Math.ceil(size / 3) * 4 + RECORD_OVERHEAD;
    if (batch.length > 0 && (bytes + size > maxBytes || eventBytes + inEvent > EVENT_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
      eventBytes = RECORD_OVERHEAD;
    }
    batch.push(record);
    bytes += size;
    eventBytes += inEvent;
  }
  if (batch.length > 0) yield batch;
}

async function transformBatch(batch: readonly SpooledRecord[], by: Transformer): Promise<Transformed> {
  const { transformation, stream, invoke, now, signal } = by;
  const event = eventOf(batch, stream);
  for (let attempts = 1; ; attempts++) {
    try {
      return settle(await orAborted(invoke(transformation.functionArn, event), signal), batch, {
        attempts,
        stream,
        now,
      });
    } catch (error) {
      if (attempts <= transformation.retries && !isForGood(error) && !signal.aborted) continue;
      const errorMessage = error instanceof Error ? error.message : String(error);
      return allFailed(batch, { attempts, errorCode: codeOf(error), errorMessage, endedAt: now() });
    }
  }
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesisfirehose.html */
function eventOf(batch: readonly SpooledRecord[], stream: DeliveryStream): object {
  return {
    invocationId: randomUUID(),
    deliveryStreamArn: deliveryStreamArn(stream.name),
    region: LOCAL.region,
    ...(stream.source === null ? {} : { sourceKinesisStreamArn: stream.source.streamArn }),
    records: batch.map(({ index, arrival, data, origin }) => ({
      recordId: recordIdOf(stream, index),
      approximateArrivalTimestamp: arrival,
      data: data.toString('base64'),
      ...(origin === null
        ? {}
        : {
            kinesisRecordMetadata: {
              shardId: origin.shardId,
              partitionKey: origin.partitionKey,
              sequenceNumber: origin.sequenceNumber,
              approximateArrivalTimestamp: arrival,
              subsequenceNumber: '',
            },
          }),
    })),
  };
}

/** Names of the failures. Source: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html */
const CODES = {
  parse: 'Lambda.JsonProcessingException',
  missing: 'Lambda.MissingRecordId',
  duplicated: 'Lambda.DuplicatedRecordId',
  status: 'Lambda.ProcessingFailedStatus',
  timeout: 'Lambda.FunctionTimedOut',
  notFound: 'Lambda.ResourceNotFound',
  limit: 'Lambda.InvokeLimitExceeded',
  failed: 'Lambda.FunctionError',
} as const;

const UNREADABLE =
  'What the function returned follows not the model {"records": [{"recordId", "result", "data"}]} with each recordId that it was given.';

interface Ending {
  readonly attempts: number;
  readonly stream: DeliveryStream;
  readonly now: () => number;
}

/** What a function returned, record by record. */
function settle(
  answer: unknown,
  batch: readonly SpooledRecord[],
  { attempts, stream, now }: Ending,
): Transformed {
  const endedAt = now();
  const records = (answer as { records?: unknown } | null | undefined)?.records;
  if (!Array.isArray(records)) {
    return allFailed(batch, { attempts, errorCode: CODES.parse, errorMessage: UNREADABLE, endedAt });
  }
  const returned = new Map<unknown, ReturnedRecord>();
  const twice = new Set<unknown>();
  for (const one of records as (ReturnedRecord | null | undefined)[]) {
    const id = one?.recordId;
    if (returned.has(id)) twice.add(id);
    if (one) returned.set(id, one);
  }
  const delivered: Buffer[] = [];
  const failed: FailedRecord[] = [];
  for (const record of batch) {
    const id = recordIdOf(stream, record.index);
    const outcome = twice.has(id)
      ? failure('duplicated', 'The function returned this record twice.')
      : judge(returned.get(id));
    if (outcome === 'dropped') continue;
    if (Buffer.isBuffer(outcome)) delivered.push(outcome);
    else failed.push({ record, attempts, endedAt, ...outcome });
  }
  return { delivered, failed };
}

interface ReturnedRecord {
  readonly recordId?: unknown;
  readonly result?: unknown;
  readonly data?: unknown;
}

interface Failure {
  readonly errorCode: string;
  readonly errorMessage: string;
}

function failure(code: keyof typeof CODES, errorMessage: string): Failure {
  return { errorCode: CODES[code], errorMessage };
}

function judge(returned: ReturnedRecord | undefined): Buffer | 'dropped' | Failure {
  if (returned === undefined) return failure('missing', 'The function did not return this record.');
  const { result, data } = returned;
  if (result === 'Dropped') return 'dropped';
  if (result === 'ProcessingFailed') {
    return failure('status', 'ProcessingFailed status set for record');
  }
  if (result !== 'Ok') {
    return failure(
      'parse',
      `result must be Ok, Dropped or ProcessingFailed (given ${JSON.stringify(result)})`,
    );
  }
  if (typeof data !== 'string') return failure('parse', 'data must be text in base64');
  const decoded = Buffer.from(data, 'base64');
  const isBase64 = decoded.toString('base64').replace(/=+$/, '') === data.replace(/=+$/, '');
  return isBase64 ? decoded : failure('parse', 'data must be text in base64');
}

function allFailed(batch: readonly SpooledRecord[], why: Omit<FailedRecord, 'record'>): Transformed {
  return { delivered: [], failed: batch.map((record) => ({ record, ...why })) };
}

function isForGood(error: unknown): boolean {
  return codeOf(error) === CODES.notFound;
}

/** By what the function service says: a status, a code, or a type. */
function codeOf(error: unknown): string {
  if (error instanceof ServiceError) {
    if (error.status === 404) return CODES.notFound;
    if (error.status === 429) return CODES.limit;
  }
  const { code, errorType, message } = (error ?? {}) as {
    code?: unknown;
    errorType?: unknown;
    message?: unknown;
  };
  if (code === 'NOT_FOUND') return CODES.notFound;
  const timedOut = errorType === 'Sandbox.Timedout' || /timed out/i.test(String(message));
  return timedOut ? CODES.timeout : CODES.failed;
}

/** Lines of JSON, one for each record that failed. Source: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html */
export function failureLines(failed: readonly FailedRecord[], functionArn: string): string {
  return failed
    .map(({ record, attempts, errorCode, errorMessage, endedAt }) =>
      JSON.stringify({
        attemptsMade: attempts,
        arrivalTimestamp: record.arrival,
        errorCode,
        errorMessage,
        attemptEndingTimestamp: endedAt,
        rawData: record.data.toString('base64'),
        lambdaArn: functionArn,
      }),
    )
    .map((line) => `${line}\n`)
    .join('');
}
