/** An abstract-level database's writes; values are JSON. */
export interface WritableDatabase {
  put(key: string, value: unknown): Promise<void>;
  del(key: string): Promise<void>;
  batch(operations: readonly WriteOperation[]): Promise<void>;
}

export type WriteOperation =
  | {
      readonly type: 'put';
      readonly key: string;
      readonly value: unknown;
      /** For a value that is JSON text already. */
      readonly valueEncoding?: 'utf8';
    }
  | { readonly type: 'del'; readonly key: string };

/**
 * What is written along with some writes, all of it or nothing: these operations in place of theirs. Undefined, at once,
 * for writes that go alone. What it reads of the database is as it is before these writes: nothing else can write
 * meanwhile. If it rejects, these writes fail of that, and later ones do not.
 */
export type Accompany = (operations: readonly WriteOperation[]) => Promise<Accompanied> | undefined;

export interface Accompanied {
  readonly operations: readonly WriteOperation[];
  /** Called when they are on disk, before anybody else is told. */
  written(): void;
}

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
export function oneWriteAtATime(db: WritableDatabase, accompany: Accompany = () => undefined): Writes {
  const write = db.batch.bind(db);
  let fault: Error | undefined;
  let waiting: Waiting[] = [];
  let writing = false;

  async function writeAll(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      const failure = fault ?? (await writeGroup(group.flatMap(({ operations }) => operations)));
      for (const { done } of group) setImmediate(done, failure ?? null);
    }
    writing = false;
  }

  /** Never rejects; what made these writes fail. */
  async function writeGroup(operations: readonly WriteOperation[]): Promise<Error | undefined> {
    let accompanied: Accompanied | undefined;
    try {
      const accompanying = accompany(operations);
      if (accompanying !== undefined) accompanied = await accompanying;
    } catch (error) {
      return error as Error;
    }
    try {
      await write(accompanied?.operations ?? operations);
    } catch (error) {
      fault = error as Error;
      return fault;
    }
    accompanied?.written();
    return undefined;
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
