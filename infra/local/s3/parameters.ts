import { invalidArgument } from './errors.ts';
import { eventKey } from './notifications.ts';

/** Greatest that a count may be, though less is given. */
const GREATEST = 2 ** 31 - 1;

/**
 * A number of the query, cut to `most`, which is also what is meant without it.
 *
 * @throws S3Error InvalidArgument
 */
export function readCount(query: URLSearchParams, name: string, most: number, least = 0): number {
  const given = query.get(name);
  if (given === null || given === '') return most;
  const camel = name.replace(/-[a-z]/g, (match) => match.slice(1).toUpperCase());
  if (!/^[+-]?\d{1,12}$/.test(given)) {
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, given);
  }
  const count = Number(given);
  if (count < least || count > GREATEST) {
    throw invalidArgument(
      `Argument ${camel} must be an integer between ${least} and ${GREATEST}`,
      camel,
      given,
    );
  }
  return Math.min(count, most);
}

/** A continuation token: where the page before ended. */
export function tokenOf(last: string): string {
  return Buffer.from(`1${last}`).toString('base64url');
}

/**
 * Where the page before ended; '' without a token.
 *
 * @throws S3Error InvalidArgument
 */
export function readToken(token: string | null): string {
  if (token === null) return '';
  const bytes = Buffer.from(token, 'base64url');
  const text = bytes.toString('utf8');
  if (!text.startsWith('1') || bytes.toString('base64url') !== token) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  }
  return text.slice(1);
}

/**
 * How names are written in an answer: encoding-type `url` makes any of them safe for XML 1.0.
 *
 * @throws S3Error InvalidArgument
 */
export function readEncoder(query: URLSearchParams): (name: string) => string {
  const given = query.get('encoding-type');
  if (given === null || given === '') return (name) => name;
  if (given !== 'url') {
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', given);
  }
  return eventKey;
}
