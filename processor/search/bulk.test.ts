import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serviceError, virtualEffort } from '../fixture.ts';
import { createDocumentWriter, type Operation } from './bulk.ts';
import { type SearchClient, SearchError } from './client.ts';
import { connectedDouble } from './testing/connected.ts';
import { SEARCH_FAULTS } from './testing/double.ts';

const { search, client } = await connectedDouble();

function put(id: string, version: number | bigint, changes: Partial<Operation> = {}): Operation {
  return { index: 'rides', id, version: BigInt(version), document: `{"v":"${version}"}`, ...changes };
}

function remove(id: string, version: number): Operation {
  return { index: 'rides', id, version: BigInt(version) };
}

const write = (
  operations: readonly Operation[],
  effort = virtualEffort(60_000),
  through: SearchClient = client,
) => createDocumentWriter({ client: through, refresh: 'false' })(operations, effort);

const outcomes = async (operations: readonly Operation[]) =>
  (await write(operations)).map(({ outcome }) => outcome);

/** A cluster that gives every request the same answer. */
function answering(answer: (lines: string) => unknown): SearchClient & { readonly bodies: string[] } {
  const bodies: string[] = [];
  return {
    bodies,
    async send({ body }) {
      const lines = body !== undefined && 'lines' in body ? body.lines : '';
      bodies.push(lines);
      return answer(lines);
    },
  };
}

describe('the writer of documents', () => {
  it('puts, replaces and deletes, and leaves alone what is newer', async () => {
    expect(await outcomes([put('a', 2), put('b', 2), remove('c', 2)])).toEqual(Array(3).fill('handled'));
    expect(await outcomes([put('a', 1), remove('b', 3), put('c', 1)])).toEqual(Array(3).fill('handled'));
    expect([...search.store.documents('rides')]).toEqual([['a', { v: '2' }]]);
  });

  it('keeps every digit of a version', async () => {
    await write([put('a', 2n ** 63n - 1n)]);
    await write([put('a', 2n ** 63n - 2n)]);
    expect(search.store.documents('rides').get('a')).toEqual({ v: String(2n ** 63n - 1n) });
  });

  it('sends one operation of each document: the highest version, and of equal ones the last', async () => {
    const again = put('a', 7, { document: '{"v":"last"}' });
    expect(await outcomes([put('a', 5), put('a', 7), put('b', 1), again, put('a', 6)])).toEqual(
      Array(5).fill('handled'),
    );
    expect(search.requests.map(({ operations }) => operations)).toEqual([2]);
    expect(search.store.documents('rides').get('a')).toEqual({ v: 'last' });
  });

  it('falls back on the operation before one that the cluster refuses', async () => {
    const bad = put('a', 9, { document: '[1]' });
    expect(await outcomes([put('a', 5), bad, put('b', 1)])).toEqual(['handled', 'refused', 'handled']);
    expect(search.store.documents('rides').get('a')).toEqual({ v: '5' });
  });

  it('cuts requests by operations and by bytes', async () => {
    await write(Array.from({ length: 1_001 }, (_, n) => put(`id-${n}`, 1)));
    expect(search.requests.map(({ operations }) => operations).sort()).toEqual([1, 500, 500]);
    search.requests.length = 0;
    const large = JSON.stringify({ text: '🦄'.repeat(500_000) });
    await write([1, 2, 3, 4].map((n) => put(`large-${n}`, 1, { document: large })));
    expect(search.requests.map(({ operations }) => operations)).toEqual([2, 2]);
  });

  it('sends again only what was refused for now', async () => {
    search.faults.push('partial', 'partial');
    expect(await outcomes([put('a', 1), put('b', 1), put('c', 1)])).toEqual(Array(3).fill('handled'));
    expect(search.requests.map(({ operations }) => operations)).toEqual([3, 1, 1]);
  });

  it.each(['throttled', 'broken', 'dropped', 'lost', 'short', 'garbled'] as const)(
    'does all of it again when nobody knows what became of it: %s',
    async (fault) => {
      search.faults.push(fault, fault, fault, fault);
      expect(await outcomes([put('a', 2), remove('b', 2)])).toEqual(['handled', 'handled']);
      expect(search.requests.map(({ operations }) => operations)).toEqual([2, 2, 2, 2, 2]);
      expect(search.store.documents('rides').size).toBe(1);
    },
  );

  it('leaves for another delivery what eight attempts did not do, and says why', async () => {
    search.faults.push(...Array<'partial'>(8).fill('partial'));
    expect(await write([put('a', 1), put('b', 1)])).toEqual([
      { outcome: 'failed', reason: expect.stringMatching(/^not indexed: .*status 429: rejected_execution/) },
      { outcome: 'handled' },
    ]);
  });

  it('fails all operations on a document together, so that they come again together', async () => {
    search.faults.push(...Array<'throttled'>(8).fill('throttled'));
    expect(await outcomes([put('a', 1), put('a', 2)])).toEqual(['failed', 'failed']);
  });

  it('refuses an id that is too long, and writes its neighbours', async () => {
    const [a, long, b] = await write([put('a', 1), put('x'.repeat(513), 1), put('b', 1)]);
    expect([a, b]).toEqual([{ outcome: 'handled' }, { outcome: 'handled' }]);
    expect(long).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('status 400') });
    expect(search.store.documents('rides').size).toBe(2);
  });

  it.each([
    [401, 'failed'],
    [403, 'failed'],
    [404, 'failed'],
    [400, 'refused'],
    [413, 'refused'],
  ])(
    'tells a document that is at fault from a cluster that takes none: status %i',
    async (status, outcome) => {
      const item = answering(() => ({ items: [{ index: { status, error: { type: 'x', reason: 'y' } } }] }));
      expect(await write([put('a', 1)], virtualEffort(1_000), item)).toMatchObject([{ outcome }]);
      const whole = answering(() => {
        throw new SearchError(status, { error: { type: 'x', reason: 'y' } });
      });
      const verdicts = await write([put('a', 1), put('b', 1)], virtualEffort(1_000), whole);
      expect(verdicts).toMatchObject([
        { outcome, reason: expect.stringContaining(`status ${status}: x: y`) },
        { outcome },
      ]);
      expect(whole.bodies).toHaveLength(outcome === 'refused' ? 3 : 1);
    },
  );

  it.each([
    undefined,
    null,
    7,
    'x',
    {},
    { items: 'x' },
    { items: [] },
    { items: [null] },
    { items: [{ index: {} }] },
  ])('takes an answer that tells nothing for none: %j', async (answer) => {
    const verdicts = await write(
      [put('a', 1)],
      virtualEffort(1_000),
      answering(() => answer),
    );
    expect(verdicts).toMatchObject([
      { outcome: 'failed', reason: expect.stringContaining('the answer must') },
    ]);
  });

  it('gives up in time when no answer comes', async () => {
    const effort = virtualEffort(12_000);
    let attempts = 0;
    const hangs: SearchClient = {
      async send(_, { abortSignal }) {
        attempts++;
        effort.expire(abortSignal);
        throw serviceError('TimeoutError', 504);
      },
    };
    expect(await write([put('a', 1)], effort, hangs)).toMatchObject([{ outcome: 'failed' }]);
    expect(attempts).toBeGreaterThan(1);
  });

  it('comes to what the versions say, whatever goes wrong, however often it is done and however it is cut', async () => {
    const ids = fc.constantFrom('a', 'b', 'c');
    const operation = fc.tuple(ids, fc.boolean(), fc.nat({ max: 3 }));
    const plan = fc.record({
      operations: fc.array(operation, { minLength: 1, maxLength: 12 }),
      cuts: fc.array(fc.nat({ max: 12 }), { maxLength: 4 }),
      faults: fc.array(fc.constantFrom(...SEARCH_FAULTS), { maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ operations: given, cuts, faults }) => {
        search.store.indices.clear();
        search.faults.splice(0, search.faults.length, ...faults);
        const operations = given.map(([id, there, version], at) =>
          there ? put(id, version + 1, { document: `{"at":${at}}` }) : remove(id, version + 1),
        );
        const oracle = new Map<string, { version: bigint; document: string | undefined }>();
        for (const { id, version, document } of operations) {
          if (version >= (oracle.get(id)?.version ?? 0n)) oracle.set(id, { version, document });
        }
        const bounds = [0, ...cuts, operations.length].sort((a, b) => a - b);
        for (const [at, from] of bounds.entries()) {
          let rest = operations.slice(from, bounds[at + 1] ?? operations.length);
          // As Lambda does: from the first failed one on.
          for (let delivery = 0; rest.length > 0 && delivery < 20; delivery++) {
            const verdicts = await write(rest);
            const failed = verdicts.findIndex(({ outcome }) => outcome === 'failed');
            rest = failed === -1 ? [] : rest.slice(failed);
          }
        }
        const expected = [...oracle].flatMap(([id, { document }]) =>
          document === undefined ? [] : [[id, JSON.parse(document)] as const],
        );
        expect(search.store.documents('rides')).toEqual(new Map(expected));
      }),
      { numRuns: 60 },
    );
  });
});
