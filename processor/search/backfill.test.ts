import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serviceError, virtualEffort } from '../fixture.ts';
import { type BackfillOptions, BackfillStopped, backfillTable, type ScanTable } from './backfill.ts';
import { createDocumentWriter } from './bulk.ts';
import type { Item } from './table/attribute-value.ts';
import { documentId } from './table/document-id.ts';
import { connectedDouble } from './testing/connected.ts';
import { SEARCH_FAULTS } from './testing/double.ts';

const KEYS = ['Name'];

const { search, client } = await connectedDouble();

const item = (n: number): Item => ({ Name: { S: `unicorn ${n}` }, Readings: { N: String(n) } });
const idOf = (n: number) => documentId(item(n), KEYS)!;

/** A table of so many items, read in pages; each call may fail. */
function tableOf(count: number, pageSize: number, failures: boolean[] = []) {
  const scan: ScanTable = async ({ segment, segments, after }) => {
    if (failures.shift()) throw serviceError('ProvisionedThroughputExceededException', 400);
    const ours = Array.from({ length: count }, (_, n) => n).filter((n) => n % segments === segment);
    const from = after === undefined ? 0 : ours.findIndex((n) => `unicorn ${n}` === after.Name?.S) + 1;
    const page = ours.slice(from, from + pageSize);
    const last = page.at(-1);
    const next = last === undefined || last === ours.at(-1) ? undefined : { Name: { S: `unicorn ${last}` } };
    return { items: page.map(item), next };
  };
  return scan;
}

const run = (scan: ScanTable, options: Partial<BackfillOptions> = {}) =>
  backfillTable({
    table: 'Rides',
    keyNames: KEYS,
    scan,
    write: createDocumentWriter({ client, refresh: 'false' }),
    effort: () => virtualEffort(60_000),
    ...options,
  });

const found = () => new Set(search.store.documents('rides').keys());
const all = (count: number) => new Set(Array.from({ length: count }, (_, n) => idOf(n)));

describe('a backfill', () => {
  it('puts every item into the index, whatever fails, in any number of segments', async () => {
    const plan = fc.record({
      count: fc.nat({ max: 30 }),
      pageSize: fc.integer({ min: 1, max: 8 }),
      segments: fc.integer({ min: 1, max: 4 }),
      faults: fc.array(fc.constantFrom(...SEARCH_FAULTS), { maxLength: 4 }),
      failures: fc.array(fc.boolean(), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ count, pageSize, segments, faults, failures }) => {
        search.store.indices.clear();
        search.faults.splice(0, search.faults.length, ...faults);
        const told: number[] = [];
        const done = await run(tableOf(count, pageSize, failures), {
          segments,
          onProgress: ({ indexed }) => told.push(indexed),
        });
        expect(done).toEqual({ indexed: count, refused: 0, positions: Array(segments).fill('done') });
        expect(told.at(-1)).toBe(count);
        expect(found()).toEqual(all(count));
      }),
      { numRuns: 50 },
    );
  });

  it('never stands in place of a change, and brings back nothing that was removed', async () => {
    const write = createDocumentWriter({ client, refresh: 'false' });
    const changes = [
      { index: 'rides', id: idOf(0), version: 9n, document: '{"changed":true}' },
      { index: 'rides', id: idOf(1), version: 9n },
    ];
    await write(changes, virtualEffort(1_000));
    expect((await run(tableOf(3, 2))).indexed).toBe(3);
    expect(found()).toEqual(new Set([idOf(0), idOf(2)]));
    expect(search.store.documents('rides').get(idOf(0))).toEqual({ changed: true });
  });

  it('goes on where it stopped', async () => {
    search.faults.push('none', ...Array<'throttled'>(8).fill('throttled'));
    const stopped = await run(tableOf(5, 2)).catch((error: unknown) => error);
    if (!(stopped instanceof BackfillStopped)) throw stopped;
    expect(stopped.message).toContain('status 429');
    expect(stopped.progress).toEqual({
      indexed: 2,
      refused: 0,
      positions: [{ after: { Name: { S: 'unicorn 1' } } }],
    });
    expect(await run(tableOf(5, 2), { positions: stopped.progress.positions })).toMatchObject({ indexed: 3 });
    expect(found()).toEqual(all(5));
  });

  it('stops between pages when it is asked to', async () => {
    const stop = new AbortController();
    const done = await run(tableOf(5, 2), { signal: stop.signal, onProgress: () => stop.abort() });
    expect(done).toMatchObject({ indexed: 2, positions: [{ after: { Name: { S: 'unicorn 1' } } }] });
  });

  it('tells of items that the index never takes, and goes on', async () => {
    search.store.templates.set('strict', {
      index_patterns: ['rides'],
      template: { mappings: { properties: { Name: { type: 'date' } } } },
    });
    const refused: string[] = [];
    const done = await run(tableOf(2, 2), { onRefused: (id, reason) => refused.push(`${id} ${reason}`) });
    expect(done).toMatchObject({ indexed: 0, refused: 2 });
    expect(refused[0]).toContain('mapper_parsing_exception');
    search.store.templates.clear();
  });

  it('does not guess which items are the table’s', async () => {
    await expect(run(tableOf(1, 1), { keyNames: ['Name', 'StatusTime'] })).rejects.toThrow(
      /without the keys/,
    );
  });
});
