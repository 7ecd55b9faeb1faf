import { mkdir } from 'node:fs/promises';
import { WildRydesError } from '../../../telemetry/errors.ts';
import { LOCAL } from '../../../telemetry/topology.ts';
import { createStore, type Store } from './dynalite.ts';
import { captureInto } from './streams/capture.ts';
import type { TableStreams } from './streams/table-streams.ts';
import { settleTables } from './tables.ts';

/** The tables' database, which outlives a full disk: after a write that failed it is opened anew. */
export interface LastingStore {
  /**
   * Works with the store; after a failed write only once it has been opened anew, when all other work on it is over.
   *
   * @throws WildRydesError STATE_UNUSABLE, naming the folder, if a write failed or opening does; else what `work` throws
   */
  use<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /** No work may be under way. */
  close(): Promise<void>;
}

/**
 * @param folder LevelDB folder, created if missing; in memory when null
 * @param streams the tables' streams, which are told what the database holds whenever it was opened, and which take the
 * changes of items
 * @param log told when writing begins to fail, and when it works again
 * @throws WildRydesError STATE_UNUSABLE when the folder is in use or cannot be written, STATE_CORRUPT when it cannot be read
 */
export async function openLastingStore(
  folder: string | null,
  streams: TableStreams,
  log: (line: string) => void,
): Promise<LastingStore> {
  let store = await openStore(folder, streams);
  const underWay = new Set<Promise<unknown>>();
  let reopening: Promise<void> | undefined;
  let failing = false;

  async function reopen(): Promise<void> {
    await Promise.allSettled(underWay);
    await store.db.close().catch(() => {}); // what it could not write was not acknowledged
    store = await openStore(folder, streams);
    failing = false;
    log(`dynamodb: ${folder} can be used again`);
  }

  async function run<T>(work: (store: Store) => Promise<T>, current: Store): Promise<T> {
    try {
      return await work(current);
    } catch (error) {
      if (error !== current.writes.fault) throw error;
      const failure = explain(error, folder);
      if (!failing) log(`dynamodb: ${messageOf(failure)}; nothing is taken until it can`);
      failing = true;
      throw failure;
    }
  }

  return {
    async use(work) {
      while (store.writes.fault !== undefined) {
        reopening ??= reopen().finally(() => {
          reopening = undefined;
        });
        await reopening;
      }
      const working = run(work, store);
      underWay.add(working);
      return working.finally(() => underWay.delete(working));
    },
    close: () => store.db.close(),
  };
}

async function openStore(folder: string | null, streams: TableStreams): Promise<Store> {
  try {
    if (folder !== null) await mkdir(folder, { recursive: true });
    const store = createStore(folder, captureInto(streams));
    store.tableDb.awsAccountId = LOCAL.accountId;
    store.tableDb.awsRegion = LOCAL.region;
    await store.db.open();
    try {
      await streams.attach(store.db);
      await settleTables(store);
    } catch (error) {
      await store.db.close().catch(() => {}); // else the next opening finds the folder in use, by this process
      throw error;
    }
    return store;
  } catch (error) {
    throw explain(error, folder);
  }
}

function explain(error: unknown, folder: string | null): unknown {
  if (folder === null) return error;
  const codes = [error, (error as Error).cause].map((each) => (each as { code?: unknown } | undefined)?.code);
  if (codes.includes('LEVEL_LOCKED')) {
    return new WildRydesError('STATE_UNUSABLE', `State folder ${folder} is in use by another process`, {
      next: 'Stop that process (./wildrydes stop), or choose another folder: --data DIR',
      cause: error,
    });
  }
  const reason = messageOf((error as Error).cause ?? error);
  if (codes.includes('LEVEL_CORRUPTION')) {
    return new WildRydesError('STATE_CORRUPT', `The tables in ${folder} cannot be read (${reason})`, {
      next: 'Restore the folder from a copy, or start anew with ./wildrydes reset',
      cause: error,
    });
  }
  return new WildRydesError('STATE_UNUSABLE', `State folder ${folder} cannot be used (${reason})`, {
    next: 'Choose another folder with --data DIR, or keep nothing with --ephemeral.',
    cause: error,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
