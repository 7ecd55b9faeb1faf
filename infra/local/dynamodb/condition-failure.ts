import type { Extension, ItemDatabase, OperationError, Store } from './dynalite.ts';

const ON_FAILURE = 'ReturnValuesOnConditionCheckFailure';

/**
 * The item as it was, in the answer to a write whose condition it did not meet. Dynalite does not know of that.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html#DDB-PutItem-request-ReturnValuesOnConditionCheckFailure
 */
export const CONDITION_EXTENSIONS: ReadonlyMap<string, Extension> = new Map(
  ['PutItem', 'UpdateItem', 'DeleteItem'].map((name) => [
    name,
    {
      types: { [ON_FAILURE]: { type: 'String', enum: ['ALL_OLD', 'NONE'] } },
      fault: (parameters, dynalites) => dynalites(parameters),
    },
  ]),
);

/**
 * Runs a write, and adds the item that it found to its failure if that was asked for: the one that the condition was held
 * against, which nobody can have changed in between.
 *
 * @throws what `write` throws
 */
export async function withItemOnFailure<T>(
  store: Store,
  parameters: Readonly<Record<string, unknown>>,
  write: (store: Store) => Promise<T>,
): Promise<T> {
  if (parameters[ON_FAILURE] !== 'ALL_OLD') return write(store);
  let found: unknown;
  const getItemDb = (tableName: string): ItemDatabase => {
    const items = store.getItemDb(tableName);
    return Object.assign(Object.create(items) as ItemDatabase, {
      get(key: string, done: (error: Error | null, item?: unknown) => void) {
        items.get(key, (error, item) => {
          found = item;
          done(error, item);
        });
      },
    });
  };
  try {
    return await write({ ...store, getItemDb });
  } catch (error) {
    const { body } = error as OperationError;
    if (isConditionFailure(body) && found !== undefined) Object.assign(body, { Item: found });
    throw error;
  }
}

function isConditionFailure(body: unknown): body is { readonly __type: string } {
  const type = (body as { readonly __type?: unknown } | undefined)?.__type;
  return typeof type === 'string' && type.endsWith('#ConditionalCheckFailedException');
}
