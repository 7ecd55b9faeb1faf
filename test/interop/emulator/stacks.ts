import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Aws } from './aws.ts';
import type { Template } from './template.ts';

export interface Deployed {
  /** As the stack shows them. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Physical by logical id. */
  readonly resources: Readonly<Record<string, string>>;
}

/** Milliseconds that a stack may take. */
const PATIENCE = 120_000;

/** Milliseconds between two looks at a stack. */
const LOOK = 250;

/**
 * Creates a stack, and waits until it is there.
 *
 * @throws Error with the events that failed, when it is rolled back
 */
export async function deploy(
  aws: Aws,
  name: string,
  template: Template,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Deployed> {
  const folder = mkdtempSync(join(tmpdir(), 'wildrydes-template-'));
  try {
    const file = join(folder, 'template.json');
    writeFileSync(file, JSON.stringify(template));
    const given = Object.entries(parameters).map(
      ([key, value]) => `ParameterKey=${key},ParameterValue=${value}`,
    );
    await aws(
      ...['cloudformation', 'create-stack', '--stack-name', name, '--template-body', `file://${file}`],
      ...['--capabilities', 'CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      ...(given.length === 0 ? [] : ['--parameters', ...given]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const stack = await settled(aws, name);
  if (stack.StackStatus !== 'CREATE_COMPLETE') {
    throw new Error(`${name} is ${stack.StackStatus}: ${await failures(aws, name)}`);
  }
  const { StackResourceSummaries } = await aws(
    ...['cloudformation', 'list-stack-resources', '--stack-name', name],
  );
  return {
    outputs: pairs(stack.Outputs ?? [], 'OutputKey', 'OutputValue'),
    resources: pairs(StackResourceSummaries, 'LogicalResourceId', 'PhysicalResourceId'),
  };
}

/** Deletes a stack by the id that its name has, and tells how that ended. */
export async function destroy(aws: Aws, name: string): Promise<string> {
  const { Stacks } = await aws('cloudformation', 'describe-stacks', '--stack-name', name);
  const id: string = Stacks[0].StackId;
  await aws('cloudformation', 'delete-stack', '--stack-name', name);
  return (await settled(aws, id)).StackStatus;
}

interface Stack {
  readonly StackStatus: string;
  readonly Outputs?: readonly Readonly<Record<string, string>>[];
}

async function settled(aws: Aws, name: string): Promise<Stack> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const { Stacks } = await aws('cloudformation', 'describe-stacks', '--stack-name', name);
    if (!Stacks[0].StackStatus.endsWith('_IN_PROGRESS')) return Stacks[0];
    if (Date.now() > deadline) throw new Error(`${name} is ${Stacks[0].StackStatus} after ${PATIENCE} ms`);
    await setTimeout(LOOK);
  }
}

async function failures(aws: Aws, name: string): Promise<string> {
  const { StackEvents } = await aws('cloudformation', 'describe-stack-events', '--stack-name', name);
  return StackEvents.filter(({ ResourceStatus }: { ResourceStatus: string }) =>
    ResourceStatus.endsWith('_FAILED'),
  )
    .map((event: Record<string, string>) => `${event.LogicalResourceId}: ${event.ResourceStatusReason}`)
    .join('; ');
}

function pairs(
  rows: readonly Readonly<Record<string, string>>[],
  key: string,
  value: string,
): Record<string, string> {
  return Object.fromEntries(rows.map((row) => [row[key], row[value]]));
}
