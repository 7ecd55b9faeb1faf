import { characters, type Rule } from '../protocol/validation.ts';
import { invalidArgument, KinesisError } from './errors.ts';
import type { Tags } from './store/settings.ts';

/**
 * Tags of streams and consumers, and what they may be.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_TagResource.html,
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Tag.html and
 * https://docs.aws.amazon.com/streams/latest/dev/tagging.html
 */
const MOST_TAGS = 50;
const KEY_LENGTH = 128;
const VALUE_LENGTH = 256;

/** `Tags` of a request. That a resource has 50 at most is another matter. */
export const TAGS = { type: 'Map', max: 200 } as const satisfies Rule;

export const TAG_KEY = { type: 'String', min: 1, max: KEY_LENGTH } as const satisfies Rule;

export const TAG_KEYS = {
  type: 'List',
  required: true,
  min: 1,
  max: MOST_TAGS,
  each: TAG_KEY,
} as const satisfies Rule;

/** Whose tags they are, as errors name it. */
export interface TagOwner {
  readonly kind: 'stream' | 'consumer';
  /** `s under account 000000000000` */
  readonly title: string;
}

/** Letters, digits and spaces of any script, and some signs. `%` passes here, and is then refused on its own, as on AWS. */
const VALID = /^[\p{L}\p{N}\p{Z}_./=+\-%@:]*$/u;

/**
 * The tags of a resource with others added, or replaced where the key is the same.
 *
 * @throws KinesisError ValidationException if a key or a value is too long, or a key empty; InvalidArgumentException for
 * characters that are not allowed, keys that begin with `aws:`, or more than 50 tags
 */
export function withTags(tags: Tags, added: Readonly<Record<string, string>>, owner: TagOwner): Tags {
  const entries = Object.entries(added);
  const doing = `add tags to ${owner.kind} ${owner.title}`;
  insistOnLengths(added);
  insistOnCharacters(entries.flat(), doing);
  const reserved = entries.find(([key]) => /^aws:/i.test(key));
  if (reserved !== undefined) {
    throw invalidArgument(
      `Failed to ${doing} because keys that begin with aws: are reserved (given ${reserved[0]}).`,
    );
  }
  const all = new Map([...tags, ...entries]);
  if (all.size > MOST_TAGS) {
    throw invalidArgument(
      `Failed to ${doing} because a given ${owner.kind} cannot have more than ${MOST_TAGS} tags associated with it.`,
    );
  }
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * The tags of a resource without those of some keys, which it need not have.
 *
 * @throws KinesisError InvalidArgumentException for characters that are not allowed
 */
export function withoutTags(tags: Tags, keys: readonly string[], owner: TagOwner): Tags {
  insistOnCharacters(keys, `remove tags from ${owner.kind} ${owner.title}`);
  return tags.filter(([key]) => !keys.includes(key));
}

/** As the API lists them. */
export function describeTags(tags: Tags): { readonly Key: string; readonly Value: string }[] {
  return tags.map(([Key, Value]) => ({ Key, Value }));
}

function insistOnLengths(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags);
  const errors: string[] = [];
  const check = (what: string, texts: readonly string[], least: number, most: number): void => {
    if (texts.every((text) => characters(text) >= least && characters(text) <= most)) return;
    errors.push(
      `Value '{${entries.map((entry) => entry.join('=')).join(', ')}}' at 'tags' failed to satisfy constraint: ` +
        `${what} must satisfy constraint: [Member must have length less than or equal to ${most}, ` +
        `Member must have length greater than or equal to ${least}]`,
    );
  };
  check('Map keys', Object.keys(tags), 1, KEY_LENGTH);
  check('Map value', Object.values(tags), 0, VALUE_LENGTH);
  if (errors.length === 0) return;
  const count = `${errors.length} validation error${errors.length > 1 ? 's' : ''} detected`;
  throw new KinesisError('ValidationException', `${count}: ${errors.join('; ')}`);
}

function insistOnCharacters(texts: readonly string[], doing: string): void {
  if (!texts.every((text) => VALID.test(text))) {
    throw invalidArgument(
      'Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @ :.',
    );
  }
  if (texts.some((text) => text.includes('%'))) {
    throw invalidArgument(
      `Failed to ${doing} because some tags contained illegal characters. The allowed characters are ` +
        "Unicode letters, white-spaces, '_',',','/','=','+','-','@',':'.",
    );
  }
}
