import { textElement } from '../protocol/query-xml.ts';
import type { Rule, Shape } from '../protocol/validation.ts';
import { validationError } from './errors.ts';

/** Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
const DEFAULT_ITEMS = 100;

/** The members of a request by which a list is read in pages. */
export const PAGING = {
  Marker: { type: 'String', min: 1, max: 320 },
  MaxItems: { type: 'Integer', min: 1, max: 1_000 },
} as const satisfies Shape;

/** What paths a list is narrowed to. */
export const PATH_PREFIX = {
  type: 'String',
  pattern: '/[!-\\x7f]*',
  min: 1,
  max: 512,
} as const satisfies Rule;

export interface Paging {
  readonly Marker: string | undefined;
  readonly MaxItems: number | undefined;
}

/**
 * One page of a list.
 *
 * @param all in any order, each under a key of its own
 * @returns its items by key, and what the answer says of those that follow, as XML
 * @throws ServiceError ValidationError for a marker that was never given
 */
export function pageOf<T>(
  all: readonly (readonly [key: string, item: T])[],
  { Marker, MaxItems = DEFAULT_ITEMS }: Paging,
): { items: readonly T[]; more: string } {
  const after = Marker === undefined ? undefined : readMarker(Marker);
  const rest = all
    .filter(([key]) => after === undefined || key > after)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const page = rest.slice(0, MaxItems);
  const isTruncated = page.length < rest.length;
  const marker = isTruncated ? writeMarker(page.at(-1)![0]) : undefined;
  return {
    items: page.map(([, item]) => item),
    more: textElement('IsTruncated', isTruncated) + textElement('Marker', marker),
  };
}

function writeMarker(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function readMarker(marker: string): string {
  const key = Buffer.from(marker, 'base64url').toString();
  if (writeMarker(key) !== marker) throw validationError(`Invalid Marker: ${marker}`);
  return key;
}
