import { compareKeys, type SortedKeys } from './store/sorted-keys.ts';

export interface ListingQuery {
  /** '' for all. */
  readonly prefix: string;
  /** '' for none: every key is listed by itself. */
  readonly delimiter: string;
  /** What is listed comes after it in order: a key, a common prefix, or neither. '' for the start. */
  readonly after: string;
  /** Keys and common prefixes together. */
  readonly most: number;
}

/** A key, or what several keys have in common up to the delimiter. */
export type Listed = { readonly key: string } | { readonly prefix: string };

export interface Listing {
  readonly listed: readonly Listed[];
  /** Where the next page begins `after`; undefined if there is none. */
  readonly next: string | undefined;
}

/**
 * One page of a bucket. A common prefix counts as one, however many keys it stands for, and comes only if it is itself
 * after `after`: one that `after` lies within was listed before.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listKeys(keys: SortedKeys, { prefix, delimiter, after, most }: ListingQuery): Listing {
  if (most === 0) return { listed: [], next: undefined };
  const listed: Listed[] = [];
  let last = '';
  let key = firstKey(keys, prefix, delimiter, after);
  while (key?.startsWith(prefix)) {
    if (listed.length === most) return { listed, next: last };
    const common = commonPrefix(key, prefix, delimiter);
    last = common ?? key;
    listed.push(common === undefined ? { key } : { prefix: common });
    key = common === undefined ? keys.notBefore(following(key)) : firstBeyond(keys, common);
  }
  return { listed, next: undefined };
}

function firstKey(keys: SortedKeys, prefix: string, delimiter: string, after: string): string | undefined {
  if (after === '' || compareKeys(after, prefix) < 0) return keys.notBefore(prefix);
  const within = after.startsWith(prefix) ? commonPrefix(after, prefix, delimiter) : undefined;
  return within === undefined ? keys.notBefore(following(after)) : firstBeyond(keys, within);
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** The least text after this one. */
function following(text: string): string {
  return `${text}\0`;
}

/** The first key after all that begin so. */
function firstBeyond(keys: SortedKeys, prefix: string): string | undefined {
  let key = keys.notBefore(`${prefix}\u{10ffff}\u{10ffff}`);
  while (key?.startsWith(prefix)) key = keys.notBefore(following(key));
  return key;
}
