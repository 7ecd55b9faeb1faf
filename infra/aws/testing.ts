import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Names } from './names.ts';
import { pipelineApp } from './pipeline-app.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import type { StackName } from './stack-names.ts';

/** For tests of stacks: the template of one, as it is synthesized. */
export function templateOf(name: StackName, settings: Partial<Settings> = {}): Template {
  const all = { ...DEFAULT_SETTINGS, stacks: [name], ...settings };
  const app = pipelineApp(all);
  const id = new Names(all.prefix).stack(name);
  return Template.fromStack(app.node.findChild(id) as Stack);
}

/** An ARN of this account and region, as CloudFormation joins it. */
export function arnOf(service: string, resource: string): unknown {
  const account = [{ Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
  return {
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, ...account, `:${resource}`]],
  };
}

/**
 * Each statement of the roles' inline policies in a line, resource by resource; ARNs without what is before the name.
 *
 * @throws Error for one that does not allow
 */
export function statements(template: Template): string[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement as Record<string, unknown>[])
    .flatMap(({ Action, Resource, Effect }) => {
      if (Effect !== 'Allow') throw new Error(`${Effect} is not Allow`);
      return [Resource].flat().map((resource) => `${[Action].flat().join(' ')} on ${nameIn(resource)}`);
    })
    .sort();
}

function nameIn(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const parts = (resource as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1];
  if (parts === undefined) return 'its log';
  return String(parts.at(-1)).replace(/^:/, '');
}
