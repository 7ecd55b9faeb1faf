import type { Rule } from '../protocol/validation.ts';
import type { Tag } from './delivery-streams.ts';
import { invalidArgument } from './errors.ts';

/** Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_Tag.html */
export const TAGS = {
  type: 'List',
  min: 1,
  max: 50,
  each: {
    type: 'Structure',
    members: {
      Key: { type: 'String', required: true, min: 1, max: 128 },
      Value: { type: 'String', min: 0, max: 256 },
    },
  },
} as const satisfies Rule;

export const TAG_KEY = { type: 'String', min: 1, max: 128 } as const satisfies Rule;

const MOST = 50;

/**
 * Tags after some were added, or replaced.
 *
 * @throws ServiceError InvalidArgumentException
 */
export function withTags(
  tags: readonly Tag[],
  added: readonly { readonly Key: string; readonly Value: string | undefined }[],
): readonly Tag[] {
  const byKey = new Map(tags.map((tag) => [tag.Key, tag]));
  for (const { Key, Value } of added) {
    if (Key.startsWith('aws:')) throw invalidArgument(`A tag's key must not begin with aws: (given ${Key}).`);
    byKey.set(Key, { Key, ...(Value === undefined ? {} : { Value }) });
  }
  if (byKey.size > MOST) throw invalidArgument(`A delivery stream has at most ${MOST} tags.`);
  return [...byKey.values()].sort((a, b) => (a.Key < b.Key ? -1 : 1));
}
