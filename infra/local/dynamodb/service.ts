import { WildRydesError } from '../../../telemetry/errors.ts';
import type { ApiRequest, ApiResponse, Service } from '../gateway/service.ts';
import { loadOperations, type Operation, type OperationError, type Store } from './dynalite.ts';
import { type LastingStore, openLastingStore } from './lasting-store.ts';
import { listTables, tableAtRest } from './tables.ts';

export interface DynamoDBOptions {
  /** State folder, created if missing; null: in memory. */
  readonly folder: string | null;
  /** Told of faults, which the client sees as InternalServerError. */
  readonly log?: (line: string) => void;
}

/** DynamoDB refuses a request above 16 MB. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MAX_BODY = 16 * 1024 * 1024;

const SERIALIZATION_EXCEPTION = { __type: 'com.amazon.coral.service#SerializationException' };

const CHANGES_TABLE: ReadonlySet<string> = new Set(['CreateTable', 'UpdateTable', 'DeleteTable']);

/**
 * DynamoDB, by dynalite on LevelDB. What is acknowledged has been handed to the operating system: it survives
 * the end of this process in any form, though not a power cut.
 *
 * @throws WildRydesError STATE_UNUSABLE when the folder is in use or cannot be written, STATE_CORRUPT when it cannot be read
 */
export async function createDynamoDB({ folder, log = () => {} }: DynamoDBOptions): Promise<Service> {
  const operations = loadOperations();
  const store = await openLastingStore(folder, log);
  const underWay = new Set<Promise<ApiResponse>>();
  let closing = false;

  return {
    title: 'DynamoDB',
    signingName: 'dynamodb',
    targetPrefixes: ['DynamoDB_20120810'],
    maxBody: MAX_BODY,
    operations,
    handle({ operation: name, body }: ApiRequest) {
      const operation = operations.get(name);
      if (operation === undefined) return unsupported(name);
      if (closing) return fault('The local cloud is shutting down');
      const parameters = parse(body);
      if (parameters === undefined) return answer(400, SERIALIZATION_EXCEPTION);
      const answered = run(store, name, operation, parameters, log);
      underWay.add(answered);
      return answered.finally(() => underWay.delete(answered));
    },
    async close() {
      closing = true;
      await Promise.all(underWay);
      await store.close();
    },
  };
}

/** Never rejects. */
async function run(
  lasting: LastingStore,
  name: string,
  operation: Operation,
  parameters: object,
  log: (line: string) => void,
): Promise<ApiResponse> {
  try {
    return await lasting.use((store) => perform(store, name, operation, parameters));
  } catch (error) {
    const { statusCode, body } = error as OperationError;
    if (statusCode !== undefined) return answer(statusCode, body);
    // The store has told its log.
    if (error instanceof WildRydesError) return fault(error.message);
    log(`dynamodb ${name} failed: ${error instanceof Error ? error.stack : String(error)}`);
    return fault('The local cloud failed to process this request; its log says why');
  }
}

async function perform(
  store: Store,
  name: string,
  operation: Operation,
  parameters: object,
): Promise<ApiResponse> {
  const checked = validate(operation, parameters, store);
  if (checked === undefined) return answer(400, SERIALIZATION_EXCEPTION);
  const answered = await act(
    store,
    name === 'ListTables' ? { ...operation, action: listTables } : operation,
    checked,
  );
  if (CHANGES_TABLE.has(name)) await tableAtRest(store, String(checked.TableName));
  return answered;
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

/** The result is put into words before anything else happens: dynalite goes on to change the object. */
function act(store: Store, { action }: Operation, parameters: Record<string, unknown>): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    action(store, parameters, (error, result) => {
      if (error) reject(error);
      else resolve(answer(200, result));
    });
  });
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
  return { status, headers: { 'Content-Type': 'application/x-amz-json-1.0' }, body: JSON.stringify(result) };
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
