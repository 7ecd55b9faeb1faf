import { KINESIS_LIMITS } from '../../../../telemetry/topology.ts';
import { characters, type Shape, validate } from '../../protocol/validation.ts';
import { internalFailure, invalidArgument } from '../errors.ts';
import { type Gate, refusalError } from '../gate.ts';
import { type Context, namedStream, type Operation, STREAM } from '../operation.ts';
import { DATA, EXPLICIT_HASH_KEY, PARTITION_KEY, placeOf, tooLarge } from '../placement.ts';
import { base64Length } from '../store/encoding.ts';
import type { StoredShard } from '../store/shard.ts';
import type { StoredStream } from '../store/stream.ts';

const SHAPE = {
  Records: {
    type: 'List',
    required: true,
    min: 1,
    max: KINESIS_LIMITS.recordsPerPut,
    each: {
      type: 'Structure',
      members: { PartitionKey: PARTITION_KEY, ExplicitHashKey: EXPLICIT_HASH_KEY, Data: DATA },
    },
  },
  ...STREAM,
} as const satisfies Shape;

const HASH_KEY = new RegExp(`^(?:${EXPLICIT_HASH_KEY.pattern})$`);

/**
 * Appends up to 500 records: one write per shard. A shard that cannot be written fails its own records only; when none
 * can, the request fails. Each record that a gate keeps from its shard fails alone, even if all do.
 *
 * A good request is checked while its records are laid out, in one pass; a doubtful one is taken back and checked
 * against the shape, which then says what is wrong with it.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export const putRecords: Operation = (body, context) => {
  const request = body as Request;
  const stream = streamOf(request, context);
  const { Records: records } = request;
  const batches = new Map<StoredShard, Batch>();
  const places: Batch[] = [];
  try {
    layOut(records, stream, batches, places);
  } catch (error) {
    for (const shard of batches.keys()) shard.rollback();
    if (error !== DOUBTFUL) throw error;
    validate(SHAPE, body);
    throw internalFailure('The records were refused, and nothing is wrong with them.');
  }
  const { gate } = context;
  if (gate !== undefined) refuse(records, places, gate, stream.streamName, context);
  commit(batches, context);
  return answer(places, stream.settings.keyId !== null);
};

/** What a request looks like if it is good. */
interface Request {
  readonly StreamName?: string;
  readonly StreamARN?: string;
  readonly Records: readonly Entry[];
}

interface Entry {
  readonly Data: string;
  readonly PartitionKey: string;
  readonly ExplicitHashKey?: string | null;
}

/** The records of a request that go to one shard. */
interface Batch {
  readonly shard: StoredShard;
  readonly arrival: number;
  /** Index that the next record in the answer has. */
  index: number;
  /** What is answered for each of them if they are not stored. */
  failure: string | undefined;
}

const UNWRITTEN = '{"ErrorCode":"InternalFailure","ErrorMessage":"Internal service failure."}';

/** Thrown at a record that may be invalid. */
const DOUBTFUL = Symbol('doubtful');

function streamOf(request: Request, context: Context): StoredStream {
  const { StreamName, StreamARN, Records } = Object(request) as Request;
  if (Array.isArray(Records) && Records.length > 0 && Records.length <= KINESIS_LIMITS.recordsPerPut) {
    const named = { StreamName, StreamARN };
    const stream =
      StreamARN === undefined && typeof StreamName === 'string'
        ? context.streams.get(StreamName)
        : attempt(() => namedStream(validate(STREAM, named), context));
    if (stream !== undefined) return stream;
  }
  return namedStream(validate(SHAPE, request), context);
}

function attempt<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

function layOut(
  records: readonly Entry[],
  stream: StoredStream,
  batches: Map<StoredShard, Batch>,
  places: Batch[],
): void {
  let batch: Batch | undefined;
  let total = 0;
  const { maxRecordBytes } = stream;
  for (const entry of records) {
    if (!isPlausible(entry)) throw DOUBTFUL;
    const shard = placeOf(stream, entry.PartitionKey, entry.ExplicitHashKey);
    if (batch?.shard !== shard) {
      batch = batches.get(shard);
      if (batch === undefined) {
        batch = { shard, arrival: shard.arrival(), index: 0, failure: undefined };
        batches.set(shard, batch);
      }
    }
    const bytes = shard.stage(batch.arrival, entry.PartitionKey, entry.Data);
    if (bytes < 0) throw DOUBTFUL;
    if (bytes > maxRecordBytes) {
      validate(SHAPE, { Records: records, StreamName: stream.streamName });
      throw tooLarge(`records.${places.length + 1}.member.data`, entry.Data, bytes, stream);
    }
    total += bytes;
    if (total > KINESIS_LIMITS.bytesPerPut) {
      throw invalidArgument(`Records size exceeds ${KINESIS_LIMITS.bytesPerPut / 1024 / 1024} MB limit`);
    }
    places.push(batch);
  }
}

/** Everything but the encoding of the data. */
function isPlausible(entry: Entry): boolean {
  if (typeof entry !== 'object' || entry === null) return false;
  const { PartitionKey: key, Data: data, ExplicitHashKey: explicit } = entry;
  return (
    typeof key === 'string' &&
    typeof data === 'string' &&
    key.length > 0 &&
    (key.length <= KINESIS_LIMITS.partitionKeyLength ||
      characters(key) <= KINESIS_LIMITS.partitionKeyLength) &&
    (explicit === undefined || explicit === null || (typeof explicit === 'string' && HASH_KEY.test(explicit)))
  );
}

/** Takes those records out of their batches that their shards do not take now. */
function refuse(
  records: readonly Entry[],
  places: Batch[],
  gate: Gate,
  streamName: string,
  { accountId }: Context,
): void {
  const refusalOf = gate.writes(streamName);
  const refusals = records.map(({ PartitionKey, Data }, i) =>
    refusalOf(places[i]!.shard, Buffer.byteLength(PartitionKey) + base64Length(Data)),
  );
  if (refusals.every((refusal) => refusal === undefined)) return;
  for (const { shard } of new Set(places)) shard.rollback();
  const refused = new Map<string, Batch>();
  for (const [i, { PartitionKey, Data }] of records.entries()) {
    const batch = places[i]!;
    const { shard } = batch;
    const refusal = refusals[i];
    if (refusal === undefined) {
      shard.stage(batch.arrival, PartitionKey, Data);
      continue;
    }
    const key = `${refusal} ${shard.shardId}`;
    let place = refused.get(key);
    if (place === undefined) {
      const { type, message } = refusalError(refusal, shard.shardId, streamName, accountId);
      place = { ...batch, failure: JSON.stringify({ ErrorCode: type, ErrorMessage: message }) };
      refused.set(key, place);
    }
    places[i] = place;
  }
}

function commit(batches: Map<StoredShard, Batch>, { log }: Context): void {
  let failed = 0;
  let reason: unknown;
  for (const batch of batches.values()) {
    try {
      batch.index = batch.shard.commit();
    } catch (error) {
      batch.failure = UNWRITTEN;
      failed += 1;
      reason = error;
      log(`kinesis: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failed === batches.size) {
    throw internalFailure(reason instanceof Error ? reason.message : 'The records could not be stored.');
  }
}

function answer(places: readonly Batch[], encrypted: boolean): string {
  let failed = 0;
  let records = '';
  for (const batch of places) {
    if (records !== '') records += ',';
    if (batch.failure !== undefined) {
      failed += 1;
      records += batch.failure;
    } else {
      records += `{"SequenceNumber":"${batch.shard.sequenceNumber(batch.index)}","ShardId":"${batch.shard.shardId}"}`;
      batch.index += 1;
    }
  }
  const encryption = encrypted ? ',"EncryptionType":"KMS"' : '';
  return `{"FailedRecordCount":${failed},"Records":[${records}]${encryption}}`;
}
