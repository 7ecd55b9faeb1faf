import type { Action, Database, Store, Table } from './dynalite.ts';

/** Keys of the tables' own entries are `table~NAME`. */
const ENTRY = 'table~';
/** After any key that starts with the same prefix. */
const END = '\u{10ffff}';

/**
 * Brings every table to rest. A table changes its state in two writes; a process killed between them leaves it
 * CREATING, UPDATING or DELETING, and nothing would ever finish it.
 */
export async function settleTables({ db }: Store): Promise<void> {
  const tables = (await db.values({ gt: ENTRY, lt: ENTRY + END }).all()) as Table[];
  for (const table of tables) {
    if (isAtRest(table)) continue;
    if (table.TableStatus === 'DELETING') await finishDeletion(db, table.TableName);
    else await db.put(ENTRY + table.TableName, activated(table));
  }
}

function isAtRest(table: Table): boolean {
  return table.TableStatus === 'ACTIVE' && indexesOf(table).every((index) => index.IndexStatus === 'ACTIVE');
}

function activated(table: Table): Table {
  if (table.GlobalSecondaryIndexes === undefined) return { ...table, TableStatus: 'ACTIVE' };
  const indexes = table.GlobalSecondaryIndexes.map((index) => ({ ...index, IndexStatus: 'ACTIVE' }));
  return { ...table, TableStatus: 'ACTIVE', GlobalSecondaryIndexes: indexes };
}

function indexesOf(table: Table): NonNullable<Table['GlobalSecondaryIndexes']> {
  return table.GlobalSecondaryIndexes ?? [];
}

async function finishDeletion(db: Database, tableName: string): Promise<void> {
  for (const prefix of ['item-', 'tag-', 'index-local~', 'index-global~']) {
    const start = `${prefix}${tableName}~`;
    await db.clear({ gt: start, lt: start + END });
  }
  await db.del(ENTRY + tableName);
}

/** ListTables by the tables' own entries; dynalite's walks over every item of every table. */
export const listTables: Action = ({ db }, parameters, done) => {
  const { Limit: limit = 100, ExclusiveStartTableName: after = '' } = parameters as {
    Limit?: number;
    ExclusiveStartTableName?: string;
  };
  db.keys({ gt: ENTRY + after, lt: ENTRY + END, limit: limit + 1 })
    .all()
    .then(
      (keys) => {
        const names = keys.slice(0, limit).map((key) => key.slice(ENTRY.length));
        const more = keys.length > limit ? { LastEvaluatedTableName: names.at(-1) } : {};
        done(null, { TableNames: names, ...more });
      },
      (error: Error) => done(error),
    );
};
