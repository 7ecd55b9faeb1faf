import { expect } from 'vitest';
import type { Client, Outcome, Scenario, Step, StepOptions } from './scenario.ts';

const PATIENCE = { timeout: 30_000, interval: 50 } as const;

/**
 * Has a client do what a scenario says, and insists on each step's outcome.
 *
 * @returns the outcomes, in order
 */
export async function run({ steps, title }: Scenario, client: Client): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const named = new Map<string, unknown>();
  for (const [index, step] of steps.entries()) {
    const where = `${client.name}, ${title}, step ${index + 1}: ${step.call}`;
    const outcome = await perform(step, client, named, where);
    if (step.options.as !== undefined && 'answer' in outcome) named.set(step.options.as, outcome.answer);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function perform(
  step: Step,
  client: Client,
  named: ReadonlyMap<string, unknown>,
  where: string,
): Promise<Outcome> {
  const { call, options } = step;
  const input = resolved(step.input, named);
  const expected = resolved(step.expected, named) as object;
  let outcome: Outcome;
  const attempt = async () => {
    outcome = await client.call(call, input, options);
    return outcome;
  };
  if (options.eventually) await expect.poll(attempt, { ...PATIENCE, message: where }).toMatchObject(expected);
  else expect(await attempt(), where).toMatchObject(expected);
  return outcome!;
}

/** With references replaced by what they refer to. */
function resolved(value: unknown, named: ReadonlyMap<string, unknown>): unknown {
  if (typeof value !== 'object' || value === null || 'asymmetricMatch' in value) return value;
  if (Array.isArray(value)) return value.map((each) => resolved(each, named));
  if ('from' in value && typeof value.from === 'string') return lookUp(value.from, named);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolved(each, named)]));
}

function lookUp(path: string, named: ReadonlyMap<string, unknown>): unknown {
  const [name = '', ...members] = path.split('.');
  let found = named.get(name);
  for (const member of members) found = (found as Readonly<Record<string, unknown>> | undefined)?.[member];
  if (found === undefined) throw new Error(`no earlier answer has ${path}`);
  return found;
}

/**
 * Of what kind an outcome is, throughout: its members and the types of their values, without what is empty, which SDKs
 * leave out or not. Two clients that talk to the same service see the same.
 */
export function shapeOf(outcome: Outcome, { apart = [] }: StepOptions): unknown {
  const { status } = outcome;
  return 'answer' in outcome ? { status, answer: shape(outcome.answer, apart) } : { status };
}

function shape(value: unknown, apart: readonly string[]): unknown {
  if (Array.isArray(value)) return uniqueShapes(value, apart);
  if (typeof value !== 'object' || value === null) return typeof value;
  if (isBytes(value)) return 'bytes';
  const members = Object.entries(value).filter(([name, member]) => !apart.includes(name) && !isEmpty(member));
  return Object.fromEntries(members.sort().map(([name, member]) => [name, shape(member, apart)]));
}

/** Each kind once: how many there are may be a matter of time. */
function uniqueShapes(list: readonly unknown[], apart: readonly string[]): readonly unknown[] {
  const shapes = new Map(list.map((each) => shape(each, apart)).map((each) => [JSON.stringify(each), each]));
  return [...shapes.keys()].sort().map((key) => shapes.get(key));
}

function isBytes(value: object): boolean {
  return 'utf8' in value || 'base64' in value;
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === null;
  return Object.keys(value).length === 0 || ('utf8' in value && value.utf8 === '');
}
