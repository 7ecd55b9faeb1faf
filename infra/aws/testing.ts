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

/** An ARN of the account and region that a template is for, as CloudFormation joins it. */
export function arnOf(service: string, resource: string) {
  const account = [{ Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
  return {
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, ...account, `:${resource}`]],
  };
}

/**
 * Each statement of the roles' inline policies in a line, merged as CDK writes them, sorted: `actions on resource`, with
 * what follows the account in its ARN.
 *
 * @throws Error for a statement that does not allow
 */
export function statements(template: Template): string[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  return policies
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement as Record<string, unknown>[])
    .flatMap(({ Action, Resource, Effect }) => {
      if (Effect !== 'Allow') throw new Error(`a statement must allow (given ${String(Effect)})`);
      const actions = [Action].flat().join(' ');
      return [Resource].flat().map((resource) => `${actions} on ${nameIn(resource)}`);
    })
    .sort();
}

function nameIn(resource: unknown): string {
  const isAttribute = typeof resource === 'object' && resource !== null && 'Fn::GetAtt' in resource;
  if (isAttribute) return 'its log';
  return String(deployed(resource)).replace(/^arn:(?:[^:]*:){4}/, '');
}

/** Where templates are deployed in tests. */
const PLACE: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': '123456789012',
  'AWS::Region': 'us-west-2',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** What CloudFormation puts in place of references to resources. */
export interface References {
  /** What a parameter or resource is known by; `AWS::Region` and its like too. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
}

/** A part of a template with the functions of CloudFormation worked out that the CDK writes. */
export function workedOut(value: unknown, references: References): unknown {
  const within = (part: unknown): unknown => workedOut(part, references);
  if (Array.isArray(value)) return value.map(within);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = [], ...others] = Object.entries(value);
  if (others.length === 0) {
    switch (name) {
      case 'Ref':
        return references.ref(argument);
      case 'Fn::GetAtt':
        return references.attribute(argument[0], argument[1]);
      case 'Fn::Join':
        return (within(argument[1]) as string[]).join(argument[0]);
      case 'Fn::Split':
        return String(within(argument[1])).split(argument[0]);
      case 'Fn::Sub':
        return String(argument).replace(/\$\{([\w:]+)\}/g, (_, each: string) => String(references.ref(each)));
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, within(each)]));
}

/**
 * A part of a template as CloudFormation makes it in the account 123456789012, region us-west-2. What a resource is
 * known by stands in braces: `{Topic}`, `{Role.Arn}`.
 */
export function deployed(value: unknown): unknown {
  return workedOut(value, {
    ref: (name) => PLACE[name] ?? `{${name}}`,
    attribute: (logicalId, attribute) => `{${logicalId}.${attribute}}`,
  });
}

/** Where resources have the name by which an account knows them. */
const NAMED: Readonly<Record<string, string>> = {
  'AWS::Athena::WorkGroup': 'Name',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Kinesis::Stream': 'Name',
  'AWS::KinesisAnalyticsV2::Application': 'ApplicationName',
  'AWS::KinesisFirehose::DeliveryStream': 'DeliveryStreamName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
};

/** What a stack's resources are called, each with its type; undefined in place of a name that is left to CloudFormation. */
export function namesIn(template: Template): string[] {
  return Object.entries(NAMED).flatMap(([type, property]) =>
    Object.values(template.findResources(type)).map(
      ({ Properties }) => `${type} ${String(deployed(Properties[property]))}`,
    ),
  );
}
