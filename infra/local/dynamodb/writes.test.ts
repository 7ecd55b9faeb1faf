import { expect, it } from 'vitest';
import { type Accompany, oneWriteAtATime, type WritableDatabase, type WriteOperation } from './writes.ts';

/** A database that notes what is written, a batch at a time. */
function notingDatabase() {
  const batches: (readonly WriteOperation[])[] = [];
  const db: WritableDatabase = {
    put: () => Promise.reject(new Error('all writes are batches')),
    del: () => Promise.reject(new Error('all writes are batches')),
    batch: (operations) => {
      batches.push(operations);
      return Promise.resolve();
    },
  };
  return { db, batches };
}

const put = (key: string, value: unknown): WriteOperation => ({ type: 'put', key, value });

it('writes what goes along in the same batch, and says so before anybody is told', async () => {
  const { db, batches } = notingDatabase();
  const told: string[] = [];
  const accompany: Accompany = async (operations) => ({
    operations: [...operations, put('change', operations.length)],
    written: () => told.push(`written ${batches.length}`),
  });
  oneWriteAtATime(db, accompany);
  await Promise.all(['a', 'b', 'c'].map((key) => db.put(key, 1).then(() => told.push(key))));
  expect(batches).toEqual([
    [put('a', 1), put('change', 1)],
    [put('b', 1), put('c', 1), put('change', 2)],
  ]);
  for (const [written, done] of [
    ['written 1', 'a'],
    ['written 2', 'b'],
  ] as const) {
    expect(told.indexOf(written)).toBeLessThan(told.indexOf(done));
  }
});

it('lets writes alone that nothing goes along with', async () => {
  const { db, batches } = notingDatabase();
  oneWriteAtATime(db, () => undefined);
  await db.del('a');
  expect(batches).toEqual([[{ type: 'del', key: 'a' }]]);
});

it('refuses those writes whose company cannot be told, and goes on', async () => {
  const { db, batches } = notingDatabase();
  const failure = new Error('cannot be read');
  const writes = oneWriteAtATime(db, (operations) => {
    if (operations.some(({ key }) => key === 'a')) return Promise.reject(failure);
    if (operations.some(({ key }) => key === 'b')) throw failure;
    return undefined;
  });
  await expect(db.put('a', 1)).rejects.toBe(failure);
  await expect(db.put('b', 1)).rejects.toBe(failure);
  expect(writes.fault).toBeUndefined();
  await db.put('c', 1);
  expect(batches).toEqual([[put('c', 1)]]);
});
