import { createRequire } from 'node:module';
import type { Described } from '../protocol/operation.ts';
import { oneWriteAtATime, type WritableDatabase, type Writes } from './writes.ts';

/**
 * What is used of dynalite 4.0.0, which has no types of its own: its store and its operations, without its HTTP
 * server. That server rethrows what goes wrong on a socket or in the database, which would end the whole local
 * cloud; called directly, an operation hands its error to a callback.
 */

/** A table's entry in the database. */
export interface Table {
  readonly TableName: string;
  readonly TableStatus: 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE';
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexStatus: string }[];
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
  clear(range: Range): Promise<void>;
  keys(range: Range & { readonly limit?: number }): { all(): Promise<string[]> };
  values(range: Range): { all(): Promise<unknown[]> };
}

export interface Store {
  readonly db: Database;
  readonly tableDb: { awsAccountId: string; awsRegion: string };
  readonly writes: Writes;
}

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

export interface Operation extends Described {
  /** Checks the parameters and brings them into the form that the action takes. Throws OperationError. */
  validate(parameters: object, store: Store): Record<string, unknown>;
  readonly action: Action;
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

/** @param folder LevelDB folder; in memory when null */
export function createStore(folder: string | null): Store {
  const { create } = require('dynalite/db/index.js') as { create(options: object): Omit<Store, 'writes'> };
  // Tables change state at once: nobody learns anything from waiting on a laptop.
  const instant = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
  const store = create(folder === null ? instant : { ...instant, path: folder });
  return Object.assign(store, { writes: oneWriteAtATime(store.db) });
}

/** Every operation that dynalite has, by its name in X-Amz-Target. */
export function loadOperations(): ReadonlyMap<string, Operation> {
  const { checkTypes, checkValidations } = require('dynalite/validations/index.js') as {
    checkTypes(parameters: object, types: unknown): Record<string, unknown>;
    checkValidations(parameters: object, types: unknown, custom: unknown, store: Store): void;
  };
  return new Map(
    OPERATIONS.map((name) => {
      const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.js`;
      const { types, custom } = require(`dynalite/validations/${file}`) as {
        types: unknown;
        custom: unknown;
      };
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
