import { type LeafTest, leafTest, PatternError } from './leaf-test.ts';
import { isNumberText } from './number-text.ts';

/**
 * Event patterns: what EventBridge and Lambda's event filtering ask of a JSON document. An object asks all of its
 * members; an array of tests is for a leaf, and one of them is enough; `$or` offers whole objects to choose from.
 * In the document, an array stands for each of its elements, and members that a pattern asks of one object must be met
 * by one and the same element.
 *
 * Sources: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax,
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html, and, for what they leave
 * open, AWS's published matcher: https://github.com/aws/event-ruler
 */
export interface EventPattern {
  /** Whether the document meets the pattern. Never throws, whatever JSON.parse may have given. */
  matches(document: unknown): boolean;
  /** Every path that it asks about, from the document's root. */
  readonly paths: readonly (readonly string[])[];
  /** True when a number is asked for literally: documents must then come from `parseKeepingNumbers`. */
  readonly comparesNumbers: boolean;
}

/** Ways through the `$or`s of one pattern. Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const MOST_ALTERNATIVES = 1_000;

/**
 * Compiles a pattern.
 *
 * @param pattern as `parseKeepingNumbers` gives it
 * @throws PatternError that says what is wrong
 */
export function compilePattern(pattern: unknown): EventPattern {
  const alternatives = expand(pattern, [], false);
  const rules = alternatives.map(ruleOf);
  return {
    matches: (document) => rules.some((rule) => meets(rule, document)),
    paths: alternatives.flatMap((leaves) => leaves.map(({ path }) => path)),
    comparesNumbers: alternatives.some((leaves) => leaves.some(({ test }) => test.comparesNumbers)),
  };
}

interface Leaf {
  readonly path: readonly string[];
  readonly test: LeafTest;
}

/** Leaves that must all be met. */
type Alternative = readonly Leaf[];

/** Names that mean a test and so cannot be members inside `$or`. Source: https://github.com/aws/event-ruler */
const RESERVED: ReadonlySet<string> = new Set([
  ...['exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard', 'numeric'],
  ...['cidr', '=', '<', '<=', '>', '>='],
]);

/** A pattern without `$or`: the alternatives that it stands for. */
function expand(pattern: unknown, path: readonly string[], insideOr: boolean): readonly Alternative[] {
  if (!isObject(pattern)) throw new PatternError(`${shown(path)} must be an object or an array`);
  const members = Object.entries(pattern);
  if (members.length === 0) throw new PatternError('empty objects are not allowed');
  let alternatives: readonly Alternative[] = [[]];
  for (const [name, member] of members) {
    if (insideOr && RESERVED.has(name)) throw new PatternError(`${name} cannot be a member inside $or`);
    const found = name === '$or' ? choices(member, path) : expandMember(member, [...path, name], insideOr);
    if (alternatives.length * found.length > MOST_ALTERNATIVES) {
      throw new PatternError(`$or may make at most ${MOST_ALTERNATIVES} combinations`);
    }
    alternatives = alternatives.flatMap((before) => found.map((after) => [...before, ...after]));
  }
  return alternatives;
}

function expandMember(member: unknown, path: readonly string[], insideOr: boolean): readonly Alternative[] {
  if (!Array.isArray(member)) return expand(member, path, insideOr);
  return [[{ path, test: leafTest(member, shown(path)) }]];
}

function choices(offered: unknown, path: readonly string[]): readonly Alternative[] {
  if (!Array.isArray(offered) || offered.length < 2) {
    throw new PatternError('$or must be an array of at least two objects');
  }
  const found = offered.flatMap((choice) => expand(choice, path, true));
  if (found.length > MOST_ALTERNATIVES) {
    throw new PatternError(`$or may make at most ${MOST_ALTERNATIVES} combinations`);
  }
  return found;
}

/** What is asked of a document and, member by member, of what is in it. */
interface Node {
  leaf: Leaf | undefined;
  readonly members: Map<string, Node>;
}

interface Rule {
  readonly root: Node;
  /** Leaves that are also met where the document has nothing. */
  readonly optional: readonly Leaf[];
}

/** Puts paths with a common beginning together, so that one element of an array has to meet them all. */
function ruleOf(leaves: Alternative): Rule {
  const root: Node = { leaf: undefined, members: new Map() };
  for (const leaf of leaves) {
    let node = root;
    for (const name of leaf.path) {
      const next = node.members.get(name) ?? { leaf: undefined, members: new Map() };
      node.members.set(name, next);
      node = next;
    }
    node.leaf = leaf;
  }
  return { root, optional: leavesOf(root).filter(({ test }) => test.absent) };
}

function leavesOf(node: Node): readonly Leaf[] {
  const below = [...node.members.values()].flatMap(leavesOf);
  return node.leaf === undefined ? below : [node.leaf, ...below];
}

const NONE: ReadonlySet<Leaf> = new Set();

function meets({ root, optional }: Rule, document: unknown): boolean {
  if (optional.length === 0) return holds(root, document, NONE);
  return holds(root, document, new Set(optional.filter(({ path }) => !hasLeaf(document, path))));
}

/** @param missing leaves that are met since the document has nothing there */
function holds(node: Node, value: unknown, missing: ReadonlySet<Leaf>): boolean {
  const { leaf } = node;
  if (leaf !== undefined && !missing.has(leaf)) {
    if (!someElement(value, (element) => isLeaf(element) && leaf.test.meets(element))) return false;
  }
  return !asksMembers(node, missing) || someElement(value, (element) => holdsMembers(node, element, missing));
}

function holdsMembers(node: Node, element: unknown, missing: ReadonlySet<Leaf>): boolean {
  if (!isObject(element)) return false;
  for (const [name, member] of node.members) {
    if (!asks(member, missing)) continue;
    if (!Object.hasOwn(element, name) || !holds(member, element[name], missing)) return false;
  }
  return true;
}

function asks(node: Node, missing: ReadonlySet<Leaf>): boolean {
  return (node.leaf !== undefined && !missing.has(node.leaf)) || asksMembers(node, missing);
}

function asksMembers({ members }: Node, missing: ReadonlySet<Leaf>): boolean {
  if (missing.size === 0) return members.size > 0;
  for (const member of members.values()) if (asks(member, missing)) return true;
  return false;
}

function someElement(value: unknown, test: (element: unknown) => boolean): boolean {
  return Array.isArray(value) ? elementsOf(value).some(test) : test(value);
}

/** Whether the document has a value here that is neither an object nor an array without values. */
function hasLeaf(document: unknown, path: readonly string[]): boolean {
  let values = elementsOf(document);
  for (const name of path) {
    values = values.flatMap((value) =>
      isObject(value) && Object.hasOwn(value, name) ? elementsOf(value[name]) : [],
    );
  }
  return values.some(isLeaf);
}

/** The elements of an array, and of the arrays in it; of anything else, that alone. Arrays may nest deeper than calls can. */
function elementsOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return [value];
  if (!value.some(Array.isArray)) return value;
  const found: unknown[] = [];
  const left: { readonly array: readonly unknown[]; at: number }[] = [{ array: value, at: 0 }];
  for (let top = left.at(-1); top !== undefined; top = left.at(-1)) {
    if (top.at === top.array.length) {
      left.pop();
      continue;
    }
    const element = top.array[top.at++];
    if (Array.isArray(element)) left.push({ array: element, at: 0 });
    else found.push(element);
  }
  return found;
}

function isLeaf(value: unknown): boolean {
  return typeof value !== 'object' || value === null || isNumberText(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumberText(value);
}

function shown(path: readonly string[]): string {
  return path.length === 0 ? 'the pattern' : JSON.stringify(path.join('.'));
}
