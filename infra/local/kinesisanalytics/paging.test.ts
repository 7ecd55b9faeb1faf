import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pageOf } from './paging.ts';

const LISTINGS = [
  { kind: 'k', keyOf: (item: number) => item, order: 'by key' },
  { kind: 'k', keyOf: (item: number) => item, order: 'latest first' },
] as const;

it.each(LISTINGS)(
  'gives what stays once and in order, $order, whatever comes and goes between two pages',
  (listing) => {
    const inOrder = (items: Iterable<number>) =>
      [...items].sort((a, b) => (listing.order === 'by key' ? a - b : b - a));
    const items = fc.uniqueArray(fc.integer());
    fc.assert(
      fc.property(items, items, items, fc.integer({ min: 1, max: 50 }), (stay, go, come, Limit) => {
        const staying = new Set(stay);
        const gone = go.filter((item) => !staying.has(item));
        const before = inOrder([...staying, ...gone]);
        const after = inOrder(new Set([...staying, ...come]));
        const seen: number[] = [];
        let NextToken: string | undefined;
        for (let all = before, more = true; more; more = NextToken !== undefined, all = after) {
          const page = pageOf(listing, all, { Limit, NextToken });
          expect(page.items.length).toBeLessThanOrEqual(Limit);
          seen.push(...page.items);
          NextToken = page.token.NextToken;
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((item) => staying.has(item))).toEqual(inOrder(staying));
      }),
    );
  },
);
