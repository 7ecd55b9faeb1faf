import { compileRegex } from './regex.ts';
import { invalidPattern, Scanner } from './scanner.ts';

type Sign = '' | '-' | '?';

interface Term {
  readonly sign: Sign;
  readonly occursIn: (message: string) => boolean;
}

/**
 * Compiles `ERROR "not found" -timeout`: matches messages that have all terms, in any order and within words too, and
 * none of those with `-`. With `?` before each, one of them is enough; beside others, those with `?` have no effect.
 *
 * @throws ServiceError InvalidParameterException
 */
export function compileTerms(pattern: string): (message: string) => boolean {
  const terms = readTerms(new Scanner(pattern));
  const having = (sign: Sign) => terms.filter((term) => term.sign === sign).map(({ occursIn }) => occursIn);
  const required = having('');
  const excluded = having('-');
  const optional = required.length + excluded.length === 0 ? having('?') : [];
  return (message) =>
    required.every((occursIn) => occursIn(message)) &&
    !excluded.some((occursIn) => occursIn(message)) &&
    (optional.length === 0 || optional.some((occursIn) => occursIn(message)));
}

function readTerms(scanner: Scanner): readonly Term[] {
  const terms: Term[] = [];
  for (scanner.skipSpace(); !scanner.atEnd; scanner.skipSpace()) {
    const sign = (scanner.take(/[-?]?/y)?.[0] ?? '') as Sign;
    terms.push({ sign, occursIn: readTerm(scanner) });
  }
  return terms;
}

function readTerm(scanner: Scanner): (message: string) => boolean {
  const regex = scanner.regex();
  if (regex !== undefined) return compileRegex(regex);
  const quoted = scanner.quoted();
  // Letters, digits and underscores need no quotes; all else does.
  const term = quoted ?? scanner.take(/[\p{L}\p{N}_]+(?=\s|$)/uy)?.[0];
  if (term === undefined) throw invalidPattern();
  return (message) => message.includes(term);
}
