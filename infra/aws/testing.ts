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
