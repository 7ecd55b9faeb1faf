import { AnalyticsError, type AnalyticsErrorType } from './errors.ts';

/** A part of a list, and how to ask for the rest. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly token: { readonly NextToken?: string };
}

/** Items in an answer, at most, and unless Limit says otherwise. */
const MOST = 50;

/**
 * One page of a list. A token says after which item it goes on, by that item's key: what is added or removed meanwhile
 * does no harm.
 *
 * @param kind of list, so that no token of another is taken
 * @param all in the order in which they are listed
 * @param keyOf different for each item; the order of all is the order of the keys, or its reverse
 * @param type of the error for what is no token of this kind
 * @throws AnalyticsError of this type
 */
export function pageOf<T>(
  kind: string,
  all: readonly T[],
  keyOf: (item: T) => string,
  { Limit = MOST, NextToken }: { readonly Limit: number | undefined; readonly NextToken: string | undefined },
  type: AnalyticsErrorType = 'InvalidArgumentException',
): Page<T> {
  const after = NextToken === undefined ? undefined : keyIn(kind, NextToken, type);
  const start = after === undefined ? 0 : all.findIndex((item) => keyOf(item) === after) + 1;
  if (after !== undefined && start === 0)
    throw new AnalyticsError(type, 'NextToken is of a list that has changed since.');
  const items = all.slice(start, start + Limit);
  const last = items.at(-1);
  if (last === undefined || start + items.length >= all.length) return { items, token: {} };
  return { items, token: { NextToken: Buffer.from(`${kind}/${keyOf(last)}`).toString('base64') } };
}

function keyIn(kind: string, token: string, type: AnalyticsErrorType): string {
  const bytes = Buffer.from(token, 'base64');
  const text = bytes.toString('utf8');
  if (bytes.toString('base64') !== token || !text.startsWith(`${kind}/`)) {
    throw new AnalyticsError(type, 'NextToken is invalid.');
  }
  return text.slice(kind.length + 1);
}
