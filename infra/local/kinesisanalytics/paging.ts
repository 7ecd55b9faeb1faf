import { AnalyticsError, type AnalyticsErrorType } from './errors.ts';

/** A list whose items have keys in its order, so that a page goes on after a key whatever became of its item. */
export interface Listing<T> {
  /** What it lists, so that no token of another list is taken. */
  readonly kind: string;
  readonly keyOf: (item: T) => string | number;
  /** `latest first` for keys that fall. */
  readonly order: 'by key' | 'latest first';
  /** Of the error for what is no token of this list. Default InvalidArgumentException. */
  readonly error?: AnalyticsErrorType;
}

/** A part of a list, and how to ask for the rest. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly token: { readonly NextToken?: string };
}

/** Items in an answer, at most, and unless Limit says otherwise. */
const MOST = 50;

/**
 * One page of a list: neither what is added nor what is removed between two pages has others left out or told twice.
 *
 * @param all in the list's order
 * @throws AnalyticsError for what is no token of this list
 */
export function pageOf<T>(
  listing: Listing<T>,
  all: readonly T[],
  { Limit = MOST, NextToken }: { readonly Limit: number | undefined; readonly NextToken: string | undefined },
): Page<T> {
  const { kind, keyOf, order } = listing;
  const after = NextToken === undefined ? undefined : keyIn(listing, NextToken);
  const comesAfter = (item: T): boolean => {
    if (after === undefined) return true;
    return order === 'by key' ? keyOf(item) > after : keyOf(item) < after;
  };
  const rest = all.filter(comesAfter);
  const items = rest.slice(0, Limit);
  const last = items.at(-1);
  if (last === undefined || items.length === rest.length) return { items, token: {} };
  const content = JSON.stringify([kind, keyOf(last)]);
  return { items, token: { NextToken: Buffer.from(content).toString('base64') } };
}

function keyIn<T>({ kind, error = 'InvalidArgumentException' }: Listing<T>, token: string): string | number {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
  } catch {
    content = undefined;
  }
  const [found, key] = Array.isArray(content) ? (content as readonly unknown[]) : [];
  if (found !== kind || (typeof key !== 'string' && typeof key !== 'number')) {
    throw new AnalyticsError(error, 'NextToken is invalid.');
  }
  return key;
}
