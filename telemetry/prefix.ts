import { WildRydesError } from './errors.ts';
import { quote } from './excerpt.ts';

/**
 * Characters of a prefix at most, without its dash. A bucket's name has 63: with the kit's longest name, the account and the
 * longest region there is room for 13. What else a prefix goes before has more.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export const LONGEST_PREFIX = 13;

/** What no prefix begins with, or nobody could tell `wildrydes-…` of one prefix from the kit's own name. */
const KIT = 'wildrydes';

/**
 * A participant's prefix, with its dash: `alice` and `alice-` both give `alice-`, nothing gives nothing.
 *
 * @throws WildRydesError USAGE for what not every service takes in a name
 */
export function readPrefix(text: string | undefined): string {
  if (text === undefined || text === '') return '';
  const prefix = text.endsWith('-') ? text : `${text}-`;
  if (isPrefix(prefix)) return prefix;
  throw new WildRydesError(
    'USAGE',
    `a prefix must be a small letter and then small letters and digits, ${LONGEST_PREFIX} in all at most, and not begin with ${KIT} (given ${quote(text)})`,
  );
}

/** Whether a text is a prefix with its dash. */
export function isPrefix(text: string): boolean {
  return /^[a-z][a-z0-9]*-$/.test(text) && text.length <= LONGEST_PREFIX + 1 && !text.startsWith(KIT);
}
