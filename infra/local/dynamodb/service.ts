import { type Clock, systemClock } from '../../../telemetry/clock.ts';
import { WildRydesError } from '../../../telemetry/errors.ts';
import type { ApiRequest, ApiResponse, Service } from '../gateway/service.ts';
import type { RecordStream } from '../kinesis/source.ts';
import type { Described } from '../protocol/operation.ts';
import { CONDITION_EXTENSIONS, withItemOnFailure } from './condition-failure.ts';
import { act, loadOperations, type Operation, type OperationError, type Store } from './dynalite.ts';
import { type LastingStore, openLastingStore } from './lasting-store.ts';
import { describeEndpoints } from './operations/describe-endpoints.ts';
import { createStreamsApi, STREAMS_TARGET } from './streams/api.ts';
import { STREAM_EXTENSIONS, streamAdjustment } from './streams/specification.ts';
import { TableStreams } from './streams/table-streams.ts';
import { TableChanges } from './table-changes.ts';
import { listTables } from './tables.ts';

export interface DynamoDBOptions {
  /** State folder, created if missing; null: in memory. */
  readonly folder: string | null;
  /** What streams go by. Default the system's. */
  readonly clock?: Clock;
  /** Bytes of a stream's newest changes that are kept in memory as well. Default 4 MiB. */
  readonly tailBytes?: number;
  /** Told of faults, which the client sees as InternalServerError. */
  readonly log?: (line: string) => void;
}

/** DynamoDB with its streams, as the cloud sees it. */
export interface DynamoDBService extends Service {
  /** A table's stream, open or closed, by its ARN or by TABLE/LABEL. */
  stream(name: string): RecordStream | undefined;
  /** Called with a stream's ARN soon after it began, or was removed: 24 hours after its end. Returns how to stop listening. */
  onStream(listener: (streamArn: string) => void): () => void;
  close(): Promise<void>;
}

/** DynamoDB refuses a request above 16 MB. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MAX_BODY = 16 * 1024 * 1024;

/** Milliseconds between two looks for changes that are too old. */
const TRIM_INTERVAL = 60_000;

const SERIALIZATION_EXCEPTION = { __type: 'com.amazon.coral.service#SerializationException' };

const CHANGES_TABLE: ReadonlySet<string> = new Set(['CreateTable', 'UpdateTable', 'DeleteTable']);

/**
 * DynamoDB, by dynalite on LevelDB. What is acknowledged has been handed to the operating system: it survives
 * the end of this process in any form, though not a power cut.
 *
 * @throws WildRydesError STATE_UNUSABLE when the folder is in use or cannot be written, STATE_CORRUPT when it cannot be read
 */
export async function createDynamoDB(options: DynamoDBOptions): Promise<DynamoDBService> {
  const { folder, clock = systemClock, log = () => {} } = options;
  const operations = loadOperations(new Map([...STREAM_EXTENSIONS, ...CONDITION_EXTENSIONS]));
  const streams = new TableStreams({
    now: () => clock.now(),
    tailBytes: options.tailBytes ?? 4 * 1024 * 1024,
    log,
  });
  const store = await openLastingStore(folder, streams, log);
  const database: Database = { store, streams, changes: new TableChanges(), log };
  const streamsApi = createStreamsApi({ streams, clock, log });
  const underWay = new Set<Promise<unknown>>();
  let closing = false;

  const trimmer = setInterval(() => {
    if (closing || streams.all().length === 0) return;
    void track(
      store.use(() => streams.trimAll()).catch((error: unknown) => log(`dynamodb: ${String(error)}`)),
    );
  }, TRIM_INTERVAL).unref();

  function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  }

  return {
    title: 'DynamoDB',
    signingName: 'dynamodb',
    targetPrefixes: ['DynamoDB_20120810', STREAMS_TARGET],
    maxBody: MAX_BODY,
    operations: new Map<string, Described>([
      ...operations,
      ...streamsApi.operations,
      [DESCRIBE_ENDPOINTS, {}],
    ]),
    handle(request: ApiRequest) {
      if (closing) return fault('The local cloud is shutting down');
      if (isForStreams(request)) return track(runStreams(store, streamsApi, request));
      const { operation: name, body } = request;
      if (name === DESCRIBE_ENDPOINTS) return answer(200, describeEndpoints(request));
      const operation = operations.get(name);
      if (operation === undefined) return unsupported(name);
      const parameters = parse(body);
      if (parameters === undefined) return answer(400, SERIALIZATION_EXCEPTION);
      return track(run(database, name, operation, parameters));
    },
    stream: (name) => streams.find(name),
    onStream: (listener) => streams.onStream(listener),
    async close() {
      closing = true;
      clearInterval(trimmer);
      await Promise.allSettled(underWay);
      await store.close();
    },
  };
}

/** The only operation of tables that dynalite has no part in. */
const DESCRIBE_ENDPOINTS = 'DescribeEndpoints';

/** What operations work with. */
interface Database {
  readonly store: LastingStore;
  readonly streams: TableStreams;
  readonly changes: TableChanges;
  readonly log: (line: string) => void;
}

function isForStreams({ headers }: ApiRequest): boolean {
  const target = headers['x-amz-target'];
  return typeof target === 'string' && target.startsWith(`${STREAMS_TARGET}.`);
}

/** Never rejects. */
async function runStreams(store: LastingStore, api: Service, request: ApiRequest): Promise<ApiResponse> {
  try {
    return await store.use(async () => api.handle(request));
  } catch (error) {
    return fault(error instanceof Error ? error.message : String(error));
  }
}

/** Never rejects. */
async function run(
  database: Database,
  name: string,
  operation: Operation,
  parameters: object,
): Promise<ApiResponse> {
  try {
    return await database.store.use((store) => perform(database, store, name, operation, parameters));
  } catch (error) {
    const { statusCode, body } = error as OperationError;
    if (statusCode !== undefined) return answer(statusCode, inWords(name, parameters, body));
    // The store has told its log.
    if (error instanceof WildRydesError) return fault(error.message);
    database.log(`dynamodb ${name} failed: ${error instanceof Error ? error.stack : String(error)}`);
    return fault('The local cloud failed to process this request; its log says why');
  }
}

/** Dynalite says nothing of a table that is there already; the words are AWS's. */
function inWords(operation: string, parameters: object, body: unknown): unknown {
  const { __type: type, message } = body as { readonly __type?: string; readonly message?: string };
  if (operation !== 'CreateTable' || message !== '') return body;
  return {
    __type: type,
    message: `Table already exists: ${String((parameters as { TableName?: unknown }).TableName)}`,
  };
}

async function perform(
  { changes, streams }: Database,
  store: Store,
  name: string,
  operation: Operation,
  parameters: object,
): Promise<ApiResponse> {
  const checked = validate(operation, parameters, store);
  if (checked === undefined) return answer(400, SERIALIZATION_EXCEPTION);
  if (CHANGES_TABLE.has(name)) {
    const adjust = streamAdjustment(name, checked, () => streams.newId());
    return written(200, await changes.change(store, operation.action, checked, adjust));
  }
  const action = name === 'ListTables' ? listTables : operation.action;
  return written(200, await withItemOnFailure(store, checked, (seen) => act(seen, action, checked)));
}

/** Undefined where the parameters are of a shape that dynalite did not think of, such as a null among the attributes. */
function validate(
  operation: Operation,
  parameters: object,
  store: Store,
): Record<string, unknown> | undefined {
  try {
    return operation.validate(parameters, store);
  } catch (error) {
    if ((error as OperationError).statusCode !== undefined) throw error;
    return undefined;
  }
}

function parse(body: Buffer): object | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function answer(status: number, result: unknown): ApiResponse {
  return written(status, JSON.stringify(result));
}

/** @param body JSON text */
function written(status: number, body: string): ApiResponse {
  return { status, headers: { 'Content-Type': 'application/x-amz-json-1.0' }, body };
}

function unsupported(operation: string): ApiResponse {
  return answer(400, {
    __type: 'com.amazon.coral.service#UnknownOperationException',
    message: `The DynamoDB of the local cloud does not support ${operation || 'a request without X-Amz-Target'}`,
  });
}

function fault(message: string): ApiResponse {
  return answer(500, { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message });
}
