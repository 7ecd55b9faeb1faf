import { escapeXml } from '../gateway/refusal.ts';
import { invalidParameter } from './errors.ts';

/** Of every list of SNS. Source: https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html */
const PAGE = 100;

/** Some of a list, and how to ask for what comes after. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The element of the answer that carries the token, '' on the last page. */
  readonly token: string;
}

/**
 * The page that a token asks for, 100 at a time. A token is the last key of the page before, so that a list that
 * changes meanwhile gives nothing twice.
 *
 * @param items in the order of their keys
 * @param token NextToken of the request; null for the first page
 * @throws SnsError InvalidParameter when no page ended with this token
 */
export function page<T>(items: readonly T[], keyOf: (item: T) => string, token: string | null): Page<T> {
  const after = readToken(token);
  const rest = items.filter((item) => keyOf(item) > after);
  const shown = rest.slice(0, PAGE);
  const last = shown.at(-1);
  if (rest.length <= PAGE || last === undefined) return { items: shown, token: '' };
  return { items: shown, token: `<NextToken>${escapeXml(writeToken(keyOf(last)))}</NextToken>` };
}

function writeToken(key: string): string {
  return Buffer.from(key, 'latin1').toString('base64url');
}

function readToken(token: string | null): string {
  if (!token) return '';
  const key = Buffer.from(token, 'base64url').toString('latin1');
  if (writeToken(key) !== token) throw invalidParameter('NextToken');
  return key;
}
