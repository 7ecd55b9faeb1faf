import { type Action, act, type Done, type Store, type Table, type TableDatabase } from './dynalite.ts';

/**
 * Changes a table's entry further before it is written: first as it is told in the answer, then, `atRest`, as it is
 * from then on. Throws OperationError, the first time, to refuse.
 */
export type Adjust = (table: Table, atRest: boolean) => void;

/** Changes of tables: creation, update and deletion, one after the other for each table. */
export class TableChanges {
  /** By table, until its last change is over. */
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Changes a table. When it settles the table is at rest, so that what is acknowledged survives whatever comes next.
   *
   * @returns the answer's JSON text
   * @throws OperationError, or what kept the change from being written; the table comes to rest when the database is
   * opened anew
   */
  change(store: Store, action: Action, parameters: Record<string, unknown>, adjust: Adjust): Promise<string> {
    const tableName = String(parameters.TableName);
    const before = this.#last.get(tableName) ?? Promise.resolve();
    const changing = before.then(() => changeTable(store, action, parameters, adjust));
    const over = changing
      .catch(() => {})
      .then(() => {
        if (this.#last.get(tableName) === over) this.#last.delete(tableName);
      });
    this.#last.set(tableName, over);
    return changing;
  }
}

/**
 * dynalite changes a table in two writes, and answers after the first: the table is told to be in between. Its second
 * write would undo a change that came before it.
 */
async function changeTable(
  store: Store,
  action: Action,
  parameters: Record<string, unknown>,
  adjust: Adjust,
): Promise<string> {
  let writes = 0;
  let settle: Done = () => {};
  const atRest = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve());
  });
  atRest.catch(() => {}); // told below, unless the first write failed already
  const noted = (done: Done): Done => {
    writes++;
    if (writes === 1) return done;
    return (error) => {
      done(error);
      settle(error);
    };
  };
  const tableDb = Object.assign(Object.create(store.tableDb) as TableDatabase, {
    put(tableName: string, table: Table, done: Done) {
      try {
        adjust(table, writes > 0);
      } catch (error) {
        done(error as Error);
        return;
      }
      store.tableDb.put(tableName, table, noted(done));
    },
    del(tableName: string, done: Done) {
      store.tableDb.del(tableName, noted(done));
    },
  });
  const answer = await act({ ...store, tableDb }, action, parameters);
  await atRest;
  return answer;
}
