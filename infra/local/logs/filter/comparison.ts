import { compileRegex } from './regex.ts';
import { invalidPattern, type Scanner } from './scanner.ts';

/** A value of a log event: of a field of JSON, or a word. */
export type Value = string | number | boolean;

/** Whether a value is as a pattern says. */
export type Comparison = (value: Value) => boolean;

const OPERATORS = ['!=', '<=', '>=', '=', '<', '>'] as const;

type Operator = (typeof OPERATORS)[number];

/** An integer or a decimal, with a sign or without, or one in scientific notation. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What needs no quotes: letters and digits of any script, and a few signs. */
const WORD = /[\p{L}\p{N}_.*+\-:/#~;]+/uy;

/**
 * Reads an operator and a value: `= "text*"`, `>= 1.5e3`, `!= %reg.x%`. A number without quotes is compared by its
 * value; the rest by its text, in which `*` at either end stands for anything.
 *
 * @returns undefined if no operator comes next
 * @throws ServiceError InvalidParameterException
 */
export function readComparison(scanner: Scanner): Comparison | undefined {
  const operator = OPERATORS.find((symbol) => scanner.symbol(symbol));
  if (operator === undefined) return undefined;
  scanner.skipSpace();
  const regex = scanner.regex();
  if (regex !== undefined) return textComparison(operator, compileRegex(regex));
  const quoted = scanner.quoted();
  if (quoted !== undefined) return textComparison(operator, wildcard(quoted));
  const word = scanner.take(WORD)?.[0];
  if (word === undefined) throw invalidPattern();
  if (NUMBER.test(word)) return numberComparison(operator, word);
  return textComparison(operator, wildcard(word));
}

function textComparison(operator: Operator, matches: (text: string) => boolean): Comparison {
  if (operator !== '=' && operator !== '!=') throw invalidPattern();
  return (value) => matches(String(value)) === (operator === '=');
}

function numberComparison(operator: Operator, word: string): Comparison {
  const number = Number(word);
  return (value) => {
    const given = numberOf(value);
    // What is no number can still be compared by its text, but is neither less nor more.
    if (given === undefined) return operator === '!=' || (operator === '=' && String(value) === word);
    return COMPARE[operator](given, number);
  };
}

const COMPARE: Readonly<Record<Operator, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}

/** `*` at the start, at the end, or at both; one inside stands for itself. */
function wildcard(text: string): (given: string) => boolean {
  if (/^\*+$/.test(text)) return () => true;
  const open = { start: text.startsWith('*'), end: text.endsWith('*') };
  const core = text.slice(open.start ? 1 : 0, open.end ? -1 : undefined);
  if (open.start && open.end) return (given) => given.includes(core);
  if (open.start) return (given) => given.endsWith(core);
  if (open.end) return (given) => given.startsWith(core);
  return (given) => given === core;
}
