import type { Fields } from '../protocol/query-service.ts';
import { characters } from '../protocol/validation.ts';
import { invalidParameter, SnsError } from './errors.ts';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** Source: https://docs.aws.amazon.com/sns/latest/dg/sns-tags.html */
const LIMITS = { tags: 50, key: 128, value: 256 } as const;

/**
 * Reads `Tags.member.N.Key` and `.Value`, N from 1.
 *
 * @throws SnsError InvalidParameter
 */
export function readTags(fields: Fields): readonly Tag[] {
  const tags: Tag[] = [];
  for (let n = 1; fields.has(`Tags.member.${n}.Key`); n++) {
    const key = fields.get(`Tags.member.${n}.Key`) ?? '';
    const value = fields.get(`Tags.member.${n}.Value`) ?? '';
    if (key === '' || characters(key) > LIMITS.key) {
      throw invalidParameter(`Tags Reason: a key must have 1 to ${LIMITS.key} characters`);
    }
    if (characters(value) > LIMITS.value) {
      throw invalidParameter(`Tags Reason: a value must have at most ${LIMITS.value} characters`);
    }
    tags.push({ key, value });
  }
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw invalidParameter('Duplicated keys are not allowed.');
  }
  return tags;
}

/**
 * Tags after some were added or replaced, by key.
 *
 * @throws SnsError TagLimitExceeded
 */
export function withTags(tags: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const byKey = new Map([...tags, ...added].map((tag) => [tag.key, tag]));
  if (byKey.size > LIMITS.tags) {
    throw new SnsError(
      400,
      'TagLimitExceeded',
      `Could not complete request: tag quota of per resource exceeded`,
    );
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Whether two lists have the same tags, in whatever order. */
export function sameTags(some: readonly Tag[], others: readonly Tag[]): boolean {
  const byKey = new Map(some.map(({ key, value }) => [key, value]));
  return byKey.size === others.length && others.every(({ key, value }) => byKey.get(key) === value);
}
