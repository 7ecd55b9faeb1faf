import { createHash, randomBytes } from 'node:crypto';
import { invalidArgument } from './errors.ts';

/** Where an object goes, and why. */
export interface ObjectPlace {
  /** As given; '' for none. */
  readonly prefix: string;
  /** Null if none was given. */
  readonly errorPrefix: string | null;
  /** Null for what was delivered as it should be, else the folder of what was not: `processing-failed`. */
  readonly error: string | null;
  /** Arrival of the oldest record in it, milliseconds since the epoch. */
  readonly oldest: number;
}

/** The date of a prefix that has none. Source, of all rules here: https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html */
const DATE = '!{timestamp:yyyy/MM/dd/HH/}';

/** Characters of a prefix, evaluated. */
const LONGEST = 512;

const EXPRESSION = /!\{([^{}:]*):([^{}]*)\}/g;

/**
 * What stands before an object's name.
 *
 * @throws ServiceError InvalidArgumentException for expressions that do not exist: `checkPrefixes` finds them before
 */
export function evaluatePrefix({ prefix, errorPrefix, error, oldest }: ObjectPlace): string {
  if (error === null) return evaluate(withDate(prefix), null, oldest);
  if (errorPrefix === null) return evaluate(`${prefix}${error}/${DATE}`, error, oldest);
  if (hasExpressions(errorPrefix)) return evaluate(errorPrefix, error, oldest);
  return evaluate(`${errorPrefix}${error}/${DATE}`, error, oldest);
}

/**
 * Checks prefixes by AWS's rules.
 *
 * @throws ServiceError InvalidArgumentException
 */
export function checkPrefixes(prefix: string, errorPrefix: string | null): void {
  if (hasExpressions(prefix) && errorPrefix === null) {
    throw invalidArgument('ErrorOutputPrefix cannot be null or empty when Prefix contains expressions.');
  }
  if (/!\{firehose:error-output-type\}/.test(prefix)) {
    throw invalidArgument('Prefix cannot contain !{firehose:error-output-type}.');
  }
  if (
    errorPrefix !== null &&
    hasExpressions(errorPrefix) &&
    !/!\{firehose:error-output-type\}/.test(errorPrefix)
  ) {
    throw invalidArgument(
      'ErrorOutputPrefix with expressions must contain !{firehose:error-output-type} at least once.',
    );
  }
  const place = { prefix, errorPrefix, oldest: 0 };
  for (const error of [null, 'processing-failed']) {
    if (evaluatePrefix({ ...place, error }).length > LONGEST) {
      throw invalidArgument(`Prefixes must have at most ${LONGEST} characters once they are evaluated.`);
    }
  }
}

function hasExpressions(prefix: string): boolean {
  return prefix.includes('!{');
}

function withDate(prefix: string): string {
  return prefix.includes('!{timestamp:') ? prefix : prefix + DATE;
}

function evaluate(template: string, error: string | null, time: number): string {
  const evaluated = template.replace(EXPRESSION, (whole, namespace: string, value: string) => {
    if (namespace === 'timestamp') return formatTime(value, time);
    if (namespace === 'firehose' && value === 'random-string')
      return randomBytes(6).toString('hex').slice(0, 11);
    if (namespace === 'firehose' && value === 'error-output-type' && error !== null) return error;
    throw invalidArgument(`The local cloud does not know the expression ${whole} of a prefix.`);
  });
  if (evaluated.includes('!{')) {
    throw invalidArgument('The sequence !{ can only appear in !{namespace:value} expressions.');
  }
  return evaluated;
}

type Part = (time: Date) => number;

/** Of Java's DateTimeFormatter: the letters that a path is made of. Source: https://docs.oracle.com/javase/8/docs/api/java/time/format/DateTimeFormatter.html */
const LETTERS: ReadonlyMap<string, Part> = new Map<string, Part>([
  ['y', (time) => time.getUTCFullYear()],
  ['u', (time) => time.getUTCFullYear()],
  ['Y', (time) => time.getUTCFullYear()],
  ['M', (time) => time.getUTCMonth() + 1],
  ['L', (time) => time.getUTCMonth() + 1],
  ['d', (time) => time.getUTCDate()],
  ['D', (time) => Math.floor((time.getTime() - Date.UTC(time.getUTCFullYear(), 0)) / 86_400_000) + 1],
  ['H', (time) => time.getUTCHours()],
  ['h', (time) => time.getUTCHours() % 12 || 12],
  ['m', (time) => time.getUTCMinutes()],
  ['s', (time) => time.getUTCSeconds()],
  ['S', (time) => time.getUTCMilliseconds()],
]);

function formatTime(pattern: string, milliseconds: number): string {
  const time = new Date(milliseconds);
  return pattern.replace(
    /'((?:[^']|'')*)'|([A-Za-z])\2*/g,
    (run, quoted: string | undefined, letter: string) => {
      if (quoted !== undefined) return quoted === '' ? "'" : quoted.replaceAll("''", "'");
      const part = LETTERS.get(letter);
      if (part === undefined)
        throw invalidArgument(`The local cloud does not know ${run} in !{timestamp:${pattern}}.`);
      const digits = String(part(time)).padStart(letter === 'S' ? 3 : run.length, '0');
      if (letter === 'S') return digits.slice(0, run.length);
      return run.length === 2 && 'yuY'.includes(letter) ? digits.slice(-2) : digits;
    },
  );
}

/**
 * The name of an object after its prefix: `STREAM-VERSION-YYYY-MM-DD-HH-MM-SS-UUID`. The UUID follows from what is in
 * the object, so that what is delivered again after a crash lands on the same key.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
 *
 * @param identity of what is in it
 */
export function objectName(
  { name, version }: { readonly name: string; readonly version: number },
  oldest: number,
  identity: string,
): string {
  const digest = createHash('sha256').update(identity).digest('hex');
  const uuid = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `a${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
  return `${name}-${version}-${formatTime('yyyy-MM-dd-HH-mm-ss', oldest)}-${uuid}`;
}
