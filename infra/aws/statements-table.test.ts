import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { expect, test } from 'vitest';
import { pipelineApp } from './pipeline-app.ts';
import { allow } from './policy.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { STACK_NAMES } from './stack-names.ts';
import { statementsTable } from './statements-table.ts';

const README = join(import.meta.dirname, 'README.md');
const BEGIN = '<!-- statements: made from the code by `npm run reference` -->';
const END = '<!-- end of statements -->';

test('the table in README.md is what the stacks allow', async () => {
  const table = statementsTable(pipelineApp({ ...DEFAULT_SETTINGS, stacks: STACK_NAMES }));
  const readme = readFileSync(README, 'utf8');
  const [before, after] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  expect(before).toBeGreaterThan(0);
  const fresh = `${readme.slice(0, before)}${BEGIN}\n\n${table}\n\n${readme.slice(after)}`;
  // `npm run reference` writes it anew.
  await expect(fresh).toMatchFileSnapshot(README);
});

test('a resource is called what it is called in the account, and no wildcard lacks its second reason', () => {
  const stack = new Stack(new App(), 'wildrydes-Some');
  const topic = new Topic(stack, 'Any', { topicName: 'bells' });
  const role = new Role(stack, 'Role', {
    roleName: 'ringer',
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  allow(role, {
    actions: ['sns:Publish', 'sns:Listen'],
    resources: [topic.topicArn],
    reason: 'rings | tolls',
  });
  allow(role, { actions: ['sns:List'], resources: ['*'], reason: 'looks', wildcard: 'there is no one bell' });
  allow(role, {
    actions: ['s3:Get'],
    resources: [stack.formatArn({ service: 's3', region: '', account: '', resource: 'bells/*' })],
    reason: 'fetches',
  });
  const nameless = new Role(new Construct(stack, 'Tower'), 'Keeper', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  allow(nameless, { actions: ['s3:Get'], resources: ['arn:any'], reason: 'keeps' });
  const lines = statementsTable(stack.node.root).split('\n');
  expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
  expect(lines.slice(2).map((line) => line.replace(/ +/g, ' '))).toEqual([
    '| **Some** | `ringer` | `sns:Publish`, `sns:Listen` | `bells` | rings \\| tolls |',
    '| | | `sns:List` | `*` | looks; on all, for there is no one bell |',
    '| | | `s3:Get` | `bells/*` | fetches |',
    '| | `Tower/Keeper` | `s3:Get` | `arn:any` | keeps |',
  ]);
});

test('what nobody has given a reason for is not allowed', () => {
  const stack = new Stack(new App(), 'Some');
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const reason = 'anything';
  expect(() => allow(role, { actions: ['s3:*'], resources: ['arn'], reason })).toThrow('wildcards');
  expect(() => allow(role, { actions: ['s3:Get'], resources: ['*'], reason })).toThrow('nothing narrower');
  expect(() => allow(role, { actions: ['s3:Get'], resources: ['arn'], reason, wildcard: 'none' })).toThrow(
    'nothing else must',
  );
});
