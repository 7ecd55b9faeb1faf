import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { physicalName } from './physical-name.ts';
import { type Allowed, statementsOf } from './policy.ts';

/**
 * The table of README.md: every statement of every policy that an app has, by stack and holder, with what it is for.
 *
 * @param app all of whose stacks are made
 */
export function statementsTable(app: IConstruct): string {
  const name = namesIn(app);
  const rows = statementsOf(app).map((statement, at, all) => {
    const before = all[at - 1];
    const sameStack = before?.stack === statement.stack;
    const sameRole = sameStack && before?.role === statement.role;
    return [
      sameStack ? '' : `**${statement.stack.replace(/^.*-/, '')}**`,
      sameRole ? '' : `\`${statement.role.replace('<AWS::Region>', 'REGION')}\``,
      statement.actions.map((action) => `\`${action}\``).join(', '),
      statement.resources.map((resource) => `\`${shortened(resource, statement, name)}\``).join(', '),
      because(statement),
    ];
  });
  return aligned([['stack', 'role, or what lets a service in', 'may', 'on', 'because'], ...rows]);
}

/** A Markdown table with its columns under each other, as the project's formatter would leave it. */
function aligned(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((row) => row.map((text) => text.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column]!.length)));
  const line = (row: readonly string[], fill: string) =>
    `| ${row.map((text, column) => text.padEnd(widths[column]!, fill)).join(' | ')} |`;
  return [
    line(head, ' '),
    line(
      head.map(() => ''),
      '-',
    ),
    ...body.map((row) => line(row, ' ')),
  ].join('\n');
}

function because({ reason, wildcard }: Allowed): string {
  return wildcard === undefined ? reason : `${reason}; on all, for ${wildcard}`;
}

/** Names by what templates call things, in each stack: `<Topic…>` says nothing to a reader. */
function namesIn(app: IConstruct): (stack: string, logicalId: string) => string | undefined {
  const known = new Map<string, string>();
  for (const construct of app.node.findAll()) {
    const name = physicalName(construct);
    if (name === undefined || !CfnResource.isCfnResource(construct)) continue;
    const stack = Stack.of(construct);
    known.set(`${stack.stackName} ${stack.resolve(construct.logicalId)}`, name);
  }
  return (stack, logicalId) => known.get(`${stack} ${logicalId}`);
}

/** A resource without partition, region and account, which are the same for all. */
function shortened(resource: string, { stack }: Allowed, name: ReturnType<typeof namesIn>): string {
  return resource
    .replace(/^arn:<AWS::Partition>:[a-z0-9]+:(<AWS::Region>)?:(<AWS::AccountId>)?:/, '')
    .replace('-<AWS::AccountId>-<AWS::Region>', '-ACCOUNT-REGION')
    .replace(/<([A-Za-z0-9]+)(\.Arn)?>/g, (text, logicalId: string) => name(stack, logicalId) ?? text);
}
