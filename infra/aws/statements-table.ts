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
      sameRole ? '' : `\`${statement.role}\``,
      statement.actions.map((action) => `\`${action}\``).join(', '),
      statement.resources.map((resource) => `\`${shortened(resource, statement, name)}\``).join(', '),
      because(statement),
    ];
  });
  return [
    ['stack', 'role, or what lets a service in', 'may', 'on', 'because'],
    rows[0]!.map(() => '---'),
    ...rows,
  ]
    .map((cells) => `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
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
