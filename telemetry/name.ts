import { KINESIS_LIMITS } from './topology.ts';

/** Most characters of a name. */
export const NAME_LENGTH = KINESIS_LIMITS.partitionKeyLength;

/** Control characters (Unicode category Cc) and surrogates that are not half of a pair. */
const UNUSABLE = /[\p{Cc}\p{Cs}]/u;

/**
 * What keeps a text from being a unicorn's name, in words that follow "Name"; undefined if nothing does.
 *
 * A name is the partition key of its readings: 1 to 256 Unicode characters (code points), none of them a control
 * character or a lone surrogate. Emoji, spaces and every script are fine.
 */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'must not be empty';
  // A character takes one or two UTF-16 units, so most lengths are decided without counting.
  if (name.length > NAME_LENGTH && characters(name) > NAME_LENGTH) {
    return `must have at most ${NAME_LENGTH} characters`;
  }
  return UNUSABLE.test(name) ? 'must have neither control characters nor lone surrogates' : undefined;
}

function characters(text: string): number {
  if (text.length > 2 * NAME_LENGTH) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}
