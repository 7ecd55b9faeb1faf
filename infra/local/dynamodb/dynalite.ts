import { createRequire } from 'node:module';
import type { Described } from '../protocol/operation.ts';
import type { ViewType } from './streams/change.ts';
import { type Accompany, oneWriteAtATime, type WritableDatabase, type Writes } from './writes.ts';

/**
 * What is used of dynalite 4.0.0, which has no types of its own: its store and its operations, without its HTTP
 * server. That server rethrows what goes wrong on a socket or in the database, which would end the whole local
 * cloud; called directly, an operation hands its error to a callback.
 */

/** A table's entry in the database. */
export interface Table {
  readonly TableName: string;
  TableStatus: 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE';
  readonly KeySchema: readonly KeySchemaElement[];
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexStatus: string }[];
  /** Absent unless a stream is on. */
  StreamSpecification?: StreamSpecification;
  /** Of the stream that is on, or was the last one. */
  LatestStreamLabel?: string;
  LatestStreamArn?: string;
}

export interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

export interface StreamSpecification {
  readonly StreamEnabled: boolean;
  readonly StreamViewType?: ViewType;
}

interface Range {
  readonly gt: string;
  readonly lt: string;
}

/** An abstract-level database; values are JSON. */
export interface Database extends WritableDatabase {
  open(): Promise<void>;
  /** Waits for the operations under way. */
  close(): Promise<void>;
  get(key: string): Promise<unknown>;
  /** Values as they are stored, JSON text; undefined where there is none. */
  getMany(
    keys: readonly string[],
    as: { readonly valueEncoding: 'utf8' },
  ): Promise<readonly (string | undefined)[]>;
  clear(range: Range): Promise<void>;
  keys(range: Range & { readonly limit?: number; readonly reverse?: true }): { all(): Promise<string[]> };
  values(range: Range): { all(): Promise<unknown[]> };
  /** Entries as they are stored. */
  iterator(
    range: { readonly gte: string; readonly lt: string } & { readonly valueEncoding: 'utf8' },
  ): AsyncIterable<[key: string, value: string]>;
}

/** The tables' own entries; what dynalite does with them it does by these two. */
export interface TableDatabase {
  awsAccountId: string;
  awsRegion: string;
  put(tableName: string, table: Table, done: Done): void;
  del(tableName: string, done: Done): void;
}

/** A table's items, as stored. */
export interface ItemDatabase {
  get(key: string, done: (error: Error | null, item?: unknown) => void): void;
}

export interface Store {
  readonly db: Database;
  readonly tableDb: TableDatabase;
  readonly getItemDb: (tableName: string) => ItemDatabase;
  readonly writes: Writes;
}

export type Done = (error: Error | null) => void;

/** Thrown, or handed to a callback, when a request is at fault; anything without `statusCode` is a fault of ours. */
export interface OperationError extends Error {
  readonly statusCode?: number;
  readonly body?: unknown;
}

export type Action = (
  store: Store,
  parameters: Record<string, unknown>,
  done: (error: OperationError | null, result?: unknown) => void,
) => void;

/** What a request is refused with. */
export function validationError(message: string): OperationError {
  return Object.assign(new Error(message), {
    statusCode: 400,
    body: { __type: 'com.amazon.coral.validate#ValidationException', message },
  });
}

export interface Operation extends Described {
  /** Checks the parameters and brings them into the form that the action takes. Throws OperationError. */
  validate(parameters: object, store: Store): Record<string, unknown>;
  readonly action: Action;
}

/** What an operation's validation takes and refuses beyond dynalite's. */
export interface Extension {
  /** Parameters, in dynalite's form. */
  readonly types: object;
  /** What is wrong with the parameters as a whole, if anything is; `dynalites` says what dynalite thinks of some. */
  fault(parameters: object, dynalites: (parameters: object) => string | undefined): string | undefined;
}

const require = createRequire(import.meta.url);

const OPERATIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
] as const;

/**
 * @param folder LevelDB folder; in memory when null
 * @param accompany see Accompany
 */
export function createStore(folder: string | null, accompany?: Accompany): Store {
  const { create } = require('dynalite/db/index.js') as { create(options: object): Omit<Store, 'writes'> };
  // Tables change state at once: nobody learns anything from waiting on a laptop.
  const instant = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
  const store = create(folder === null ? instant : { ...instant, path: folder });
  return Object.assign(store, { writes: oneWriteAtATime(store.db, accompany) });
}

interface Validation {
  readonly types: object;
  custom?(parameters: object, store: Store): string | undefined;
}

/**
 * Every operation that dynalite has, by its name in X-Amz-Target.
 *
 * @param extensions by operation
 */
export function loadOperations(extensions: ReadonlyMap<string, Extension>): ReadonlyMap<string, Operation> {
  const { checkTypes, checkValidations } = require('dynalite/validations/index.js') as {
    checkTypes(parameters: object, types: object): Record<string, unknown>;
    checkValidations(parameters: object, types: object, custom: Validation['custom'], store: Store): void;
  };
  return new Map(
    OPERATIONS.map((name) => {
      const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.js`;
      const { types, custom } = extended(
        require(`dynalite/validations/${file}`) as Validation,
        extensions.get(name),
      );
      const action = require(`dynalite/actions/${file}`) as Action;
      const validate = (parameters: object, store: Store) => {
        const checked = checkTypes(parameters, types);
        checkValidations(checked, types, custom, store);
        return checked;
      };
      return [name, { validate, action }];
    }),
  );
}

function extended({ types, custom }: Validation, extension: Extension | undefined): Validation {
  if (extension === undefined) return { types, ...(custom && { custom }) };
  return {
    types: { ...types, ...extension.types },
    custom: (parameters, store) => extension.fault(parameters, (those) => custom?.(those, store)),
  };
}

/**
 * Runs an action. Its result is put into words, JSON, before anything else happens: dynalite goes on to change the
 * object.
 *
 * @throws OperationError, or what kept the database from reading or writing
 */
export function act(store: Store, action: Action, parameters: Record<string, unknown>): Promise<string> {
  return new Promise((resolve, reject) => {
    action(store, parameters, (error, result) => {
      if (error) reject(error);
      else resolve(JSON.stringify(result));
    });
  });
}
