/** An abstract-level database's writes; values are JSON. */
export interface WritableDatabase {
  put(key: string, value: unknown): Promise<void>;
  del(key: string): Promise<void>;
  batch(operations: readonly WriteOperation[]): Promise<void>;
}

type WriteOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly key: string };

/** What became of the writes so far. */
export interface Writes {
  /** What made a write fail. Every write since has failed of it as well. */
  readonly fault: Error | undefined;
}

type Done = (error: Error | null) => void;

interface Waiting {
  readonly operations: readonly WriteOperation[];
  readonly done: Done;
}

/**
 * Makes a database write one thing at a time, and nothing after a write that failed; what comes meanwhile waits and then
 * goes together.
 *
 * LevelDB goes on after a failed write where its log broke off, and acknowledges. Its reader takes the rest of such a
 * block, or of the log, for damage and skips it: at the next start all of that would be gone. So nothing may follow in
 * this log, not even what is on its way when the first write fails. A database that is opened anew begins another log.
 *
 * The methods may be called with a callback at the end too, as dynalite does.
 */
export function oneWriteAtATime(db: WritableDatabase): Writes {
  const write = db.batch.bind(db);
  let fault: Error | undefined;
  let waiting: Waiting[] = [];
  let writing = false;

  async function writeAll(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        if (fault === undefined) await write(group.flatMap(({ operations }) => operations));
      } catch (error) {
        fault = error as Error;
      }
      for (const { done } of group) setImmediate(done, fault ?? null);
    }
    writing = false;
  }

  function enqueue(operations: readonly WriteOperation[], done: Done): void {
    waiting.push({ operations, done });
    if (!writing) void writeAll();
  }

  /** By callback if there is one, else by promise. */
  function add(operations: readonly WriteOperation[], done: Done | undefined): Promise<void> {
    if (done !== undefined) {
      enqueue(operations, done);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      enqueue(operations, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  Object.assign(db, {
    put: (key: string, value: unknown, done?: Done) => add([{ type: 'put', key, value }], done),
    del: (key: string, done?: Done) => add([{ type: 'del', key }], done),
    batch: (operations: readonly WriteOperation[], done?: Done) => add(operations, done),
  });
  return {
    get fault() {
      return fault;
    },
  };
}
