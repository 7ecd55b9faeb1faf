import { invalidParameter } from './errors.ts';

/** How an answer goes on. */
export const PAGE = {
  Marker: { type: 'String' },
  MaxItems: { type: 'Integer', min: 1, max: 10_000 },
} as const;

/** Most items in an answer, whatever the request asks for. */
const MOST_ITEMS = 50;

/**
 * A page of what is sorted by its keys. A marker names the last key of the page before, so that what comes and goes
 * between two pages neither repeats nor skips the rest.
 *
 * @throws LambdaError InvalidParameterValueException for a marker that no answer gave
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  {
    Marker,
    MaxItems = MOST_ITEMS,
  }: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
): { readonly items: readonly T[]; readonly next: { readonly NextMarker?: string } } {
  const after = Marker === undefined || Marker === '' ? undefined : decode(Marker);
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const kept = rest.slice(0, Math.min(MaxItems, MOST_ITEMS));
  const last = kept.at(-1);
  if (last === undefined || kept.length === rest.length) return { items: kept, next: {} };
  return { items: kept, next: { NextMarker: encode(keyOf(last)) } };
}

function encode(key: string): string {
  return Buffer.from(JSON.stringify({ after: key })).toString('base64');
}

function decode(marker: string): string {
  try {
    const { after } = JSON.parse(Buffer.from(marker, 'base64').toString('utf8')) as { after?: unknown };
    if (typeof after === 'string') return after;
  } catch {
    // Refused below.
  }
  throw invalidParameter(`Marker must be one that an answer gave (given ${marker})`);
}
