import { readComparison, type Value } from './comparison.ts';
import { type Condition, readExpression } from './expression.ts';
import { invalidPattern, Scanner } from './scanner.ts';

/** One step into JSON: a property, an element, or every element. */
type Step = { readonly property: string } | { readonly element: number } | { readonly element: 'every' };

/** What a path leads to, undefined where there is nothing; with `[*]`, several. */
type Selector = (root: unknown) => readonly unknown[];

/**
 * Compiles `{ $.a.b = "x" && ($.n[0] > 3 || $.c NOT EXISTS) }`: matches messages that are JSON of which this is so. A
 * comparison holds for texts, numbers and booleans only: where there is none, or an object, a list or null, it does
 * not hold, `!=` no more than `=`.
 *
 * @param body what is between the braces
 * @throws ServiceError InvalidParameterException
 */
export function compileJson(body: string): (message: string) => boolean {
  const scanner = new Scanner(body);
  const holds = readExpression(scanner, () => readCondition(scanner));
  scanner.skipSpace();
  if (!scanner.atEnd) throw invalidPattern();
  return (message) => {
    let root: unknown;
    try {
      root = JSON.parse(message);
    } catch {
      return false;
    }
    return typeof root === 'object' && root !== null && holds(root);
  };
}

function readCondition(scanner: Scanner): Condition<unknown> {
  const select = readSelector(scanner);
  scanner.skipSpace();
  const is = scanner.take(/IS\s+(NULL|TRUE|FALSE)\b/iy)?.[1];
  if (is !== undefined) {
    const wanted: unknown = JSON.parse(is.toLowerCase());
    return (root) => select(root).some((value) => value === wanted);
  }
  if (scanner.take(/NOT\s+EXISTS\b/iy) !== undefined) {
    return (root) => select(root).every((value) => value === undefined);
  }
  if (scanner.take(/EXISTS\b/iy) !== undefined) {
    return (root) => select(root).some((value) => value !== undefined);
  }
  const compare = readComparison(scanner);
  if (compare === undefined) throw invalidPattern();
  return (root) => select(root).some((value) => isValue(value) && compare(value));
}

function isValue(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** `$.users[0].id`, `$.['a.b']`, `$.tags[*]`. */
function readSelector(scanner: Scanner): Selector {
  if (!scanner.symbol('$')) throw invalidPattern();
  const steps: Step[] = [];
  for (let step = readStep(scanner); step !== undefined; step = readStep(scanner)) steps.push(step);
  if (steps.length === 0) throw invalidPattern();
  return (root) =>
    steps.reduce<readonly unknown[]>((values, step) => values.flatMap((value) => into(value, step)), [root]);
}

function readStep(scanner: Scanner): Step | undefined {
  const property = scanner.take(/\.([\p{L}\p{N}_-]+)|\.?\[(?:'([^']*)'|"([^"]*)")\]/uy);
  if (property !== undefined) return { property: property[1] ?? property[2] ?? property[3] ?? '' };
  const element = scanner.take(/\[(\d{1,9}|\*)\]/y)?.[1];
  if (element === undefined) return undefined;
  return { element: element === '*' ? 'every' : Number(element) };
}

function into(value: unknown, step: Step): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [undefined];
  if ('property' in step) {
    const own = !Array.isArray(value) && Object.hasOwn(value, step.property);
    return [own ? (value as Readonly<Record<string, unknown>>)[step.property] : undefined];
  }
  if (!Array.isArray(value)) return [undefined];
  return step.element === 'every' ? value : [value[step.element] as unknown];
}
