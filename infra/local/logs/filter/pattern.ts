import { compileFields } from './fields.ts';
import { compileJson } from './json.ts';
import { invalidPattern } from './scanner.ts';
import { compileTerms } from './terms.ts';

/** Patterns that begin with a bracket: how they end, and what compiles what is between. */
const BRACKETED = [
  { open: '{', close: '}', compile: compileJson },
  { open: '[', close: ']', compile: compileFields },
] as const;

/**
 * Compiles a filter pattern: of terms (terms.ts), of JSON in braces (json.ts), or of words in brackets (fields.ts). An
 * empty one matches everything.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 *
 * @throws ServiceError InvalidParameterException for what is none
 */
export function compilePattern(pattern: string): (message: string) => boolean {
  const trimmed = pattern.trim();
  for (const { open, close, compile } of BRACKETED) {
    if (!trimmed.startsWith(open)) continue;
    if (trimmed.length < 2 || !trimmed.endsWith(close)) {
      throw invalidPattern(`If a filter pattern starts with '${open}' it must end with '${close}'`);
    }
    return compile(trimmed.slice(1, -1));
  }
  return compileTerms(trimmed);
}
