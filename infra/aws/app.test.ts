import { App, CfnResource, Stack, TagManager, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { flatText } from './flat-text.ts';
import { addPipeline } from './pipeline-app.ts';
import { statementsOf } from './policy.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { STACK_NAMES } from './stack-names.ts';

/** Two people in one account, each with everything. */
const PREFIXES = ['alice-', 'bob-'] as const;
const app = new App({ analyticsReporting: false });
for (const prefix of PREFIXES) {
  addPipeline(app, { ...DEFAULT_SETTINGS, stacks: STACK_NAMES, prefix, alertEmail: 'ops@example.com' });
}
const stacks = app.node.findAll().filter((each) => Stack.isStack(each));
const templates = new Map(stacks.map((stack) => [stack, Template.fromStack(stack).toJSON()]));

interface Resource {
  readonly id: string;
  readonly stack: string;
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const resources: readonly Resource[] = [...templates].flatMap(([{ stackName }, template]) =>
  Object.entries<Omit<Resource, 'id' | 'stack'>>(template.Resources).map(([id, resource]) => ({
    ...resource,
    Properties: resource.Properties ?? {},
    id,
    stack: stackName,
  })),
);

const ofType = (type: string) => resources.filter(({ Type }) => Type === type);

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Principal?: unknown;
  readonly Resource?: unknown;
}

/** All statements below a value, wherever policies stand in it. */
function statementsIn(value: unknown): readonly Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Effect' in value && 'Action' in value) return [value as Statement];
  return Object.values(value).flatMap(statementsIn);
}

const allows = resources.flatMap(({ stack, id, Properties }) =>
  statementsIn(Properties)
    .filter(({ Effect }) => Effect === 'Allow')
    .map((statement) => ({ stack, id, ...statement })),
);

describe('two prefixes in one account', () => {
  /** Resources whose names are known within another one alone: a role, a log group. */
  const INNER = ['AWS::IAM::Policy', 'AWS::Logs::LogStream'];
  /** The name of a resource is called after its type, or Name. */
  const named = resources.flatMap(({ stack, Type, Properties }) => {
    const name = Properties[`${Type.split('::').at(-1)}Name`] ?? Properties.Name;
    return name === undefined || INNER.includes(Type) ? [] : [{ stack, Type, name: flatText(name) }];
  });

  test('no name occurs twice', () => {
    expect(named.length).toBeGreaterThan(60);
    const seen = named.map(({ Type, name }) => `${Type} ${name}`);
    expect(seen.filter((each, at) => seen.indexOf(each) !== at)).toEqual([]);
    expect(new Set(stacks.map(({ stackName }) => stackName)).size).toBe(stacks.length);
  });

  test('every name begins with its prefix', () => {
    for (const { stack, name } of named) {
      const prefix = PREFIXES.find((each) => stack.startsWith(each));
      expect(name.split('/').some((part) => part.startsWith(prefix ?? ' '))).toBe(true);
    }
  });

  test('no stack speaks of what is another prefix’s', () => {
    for (const [{ stackName }, template] of templates) {
      const other = stackName.startsWith('alice-') ? 'bob-' : 'alice-';
      expect(JSON.stringify(template)).not.toContain(other);
    }
  });

  test('no stack holds values of another, so that each comes and goes by itself', () => {
    for (const template of templates.values()) {
      expect(JSON.stringify(template)).not.toContain('Fn::ImportValue');
      for (const output of Object.values<object>(template.Outputs ?? {}))
        expect(output).not.toHaveProperty('Export');
    }
  });
});

describe('one prefix in two regions of an account', () => {
  /**
   * What is known by its name in all regions at once.
   * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html and
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
   */
  const GLOBAL =
    /^AWS::(IAM::(Role|ManagedPolicy|User|Group|InstanceProfile)|CloudWatch::Dashboard|S3::Bucket)$/;
  const global = resources.filter(({ Type }) => GLOBAL.test(Type));
  const nameOf = ({ Type, Properties }: Resource) => Properties[`${Type.split('::').at(-1)}Name`];

  test('no name is the same in both', () => {
    const named = global.filter((resource) => nameOf(resource) !== undefined);
    expect(new Set(named.map(({ Type }) => Type)).size).toBe(3);
    for (const resource of named) expect(flatText(nameOf(resource))).toMatch(/-<AWS::Region>$/);
  });

  test('CloudFormation names every role but the page’s, and each says whose it is', () => {
    const roles = ofType('AWS::IAM::Role');
    expect(roles.filter((role) => nameOf(role) !== undefined).map(({ stack }) => stack)).toEqual(
      PREFIXES.map((prefix) => `${prefix}wildrydes-Dashboard`),
    );
    const described = roles.filter(({ stack }) => !stack.endsWith('-Dashboard'));
    expect(described.length).toBeGreaterThan(15);
    for (const { stack, Properties } of described) {
      const prefix = PREFIXES.find((each) => stack.startsWith(each));
      expect(flatText(Properties.Description)).toContain(` ${prefix}`);
    }
  });
});

describe('what is deployed', () => {
  test('has tags wherever there can be some', () => {
    const taggable = stacks.flatMap((stack) =>
      stack.node
        .findAll()
        .filter((each) => CfnResource.isCfnResource(each) && TagManager.isTaggable(each))
        .map((each) => ({ stack, id: stack.resolve((each as CfnResource).logicalId) as string })),
    );
    expect(taggable.length).toBeGreaterThan(20);
    for (const { stack, id } of taggable) {
      const { Tags, HostedZoneTags, FileSystemTags } = templates.get(stack)!.Resources[id].Properties;
      const tags = JSON.stringify(Tags ?? HostedZoneTags ?? FileSystemTags ?? `none on ${id}`);
      expect(tags).toContain('wildrydes');
      expect(tags).toMatch(/wildrydes:prefix.*(alice|bob)/);
    }
  });

  test('goes with its stack', () => {
    for (const { id, DeletionPolicy = 'Delete', UpdateReplacePolicy = 'Delete' } of resources) {
      expect({ id, DeletionPolicy, UpdateReplacePolicy }).toEqual({
        id,
        DeletionPolicy: 'Delete',
        UpdateReplacePolicy: 'Delete',
      });
    }
  });

  test('has no function of CDK’s own', () => {
    expect(resources.filter(({ Type }) => Type.startsWith('Custom::'))).toEqual([]);
    for (const { Properties } of ofType('AWS::Lambda::Function')) {
      expect(flatText(Properties.FunctionName)).toMatch(/^(alice|bob)-WildRydes/);
    }
  });

  test('is open to nobody from outside', () => {
    for (const { Properties } of ofType('AWS::S3::Bucket')) {
      expect(Properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    }
    for (const { Properties } of ofType('AWS::Lambda::Permission'))
      expect(Properties.Principal).not.toBe('*');
    expect(ofType('AWS::Lambda::Url')).toEqual([]);
    expect(ofType('AWS::Cognito::IdentityPool')).toEqual([]);
    for (const { stack, id, Principal } of allows) {
      if (Principal !== undefined) expect(`${stack} ${id} ${JSON.stringify(Principal)}`).not.toContain('"*"');
    }
  });

  test('refuses what does not come over TLS, where a policy can say so', () => {
    for (const kind of ['S3::Bucket', 'SNS::Topic']) {
      const policies = ofType(`AWS::${kind}Policy`).flatMap(({ Properties }) => statementsIn(Properties));
      const denies = policies.filter(
        (each) => each.Effect === 'Deny' && JSON.stringify(each).includes('SecureTransport'),
      );
      expect(denies.length).toBe(ofType(`AWS::${kind}`).length);
    }
  });
});

describe('policies', () => {
  const actionsOf = ({ Action }: Statement) => [Action].flat();

  test('name every action', () => {
    expect(allows.length).toBeGreaterThan(20);
    expect(allows.filter((each) => actionsOf(each).some((action) => action.includes('*')))).toEqual([]);
  });

  test('have no statement without a reason, and none is told of that is not there', () => {
    const pairs = (stack: string, actions: readonly string[], on: readonly string[]) =>
      actions.flatMap((action) => on.map((resource) => `${stack}: ${action} on ${resource}`));
    const there = allows
      .filter(({ Resource }) => Resource !== undefined)
      .flatMap((each) => pairs(each.stack, actionsOf(each), [each.Resource].flat().map(flatText)));
    const told = statementsOf(app).flatMap(({ stack, actions, resources: on }) => pairs(stack, actions, on));
    expect([...new Set(there)].sort()).toEqual([...new Set(told)].sort());
    for (const { reason, wildcard = reason } of statementsOf(app)) {
      expect(reason).toMatch(/^.{15,}[^.]$/);
      expect(wildcard).toMatch(/^.{15,}[^.]$/);
    }
  });

  test('each role is one’s own', () => {
    const users = [...ofType('AWS::Lambda::Function')].map(
      ({ stack, Properties }) => `${stack} ${flatText(Properties.Role)}`,
    );
    expect(new Set(users).size).toBe(users.length);
    expect(ofType('AWS::IAM::ManagedPolicy')).toEqual([]);
    for (const { Properties } of ofType('AWS::IAM::Role'))
      expect(Properties.ManagedPolicyArns ?? []).toEqual([]);
  });
});

describe('cdk-nag', () => {
  test('has nothing to object to that nobody has answered', () => {
    const { violations } = new AwsSolutionsChecks(undefined, { verbose: true }).validateScope(app);
    const findings = violations.flatMap(({ ruleName, description, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}: ${description}`),
    );
    expect(findings).toEqual([]);
  });

  test('is answered in sentences, rule by rule', () => {
    const answers = app.node
      .findAll()
      .flatMap(({ node }) =>
        node.metadata
          .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
          .flatMap(({ data }) => Object.entries<unknown>(data)),
      );
    expect(answers.length).toBeGreaterThan(0);
    for (const [rule, reason] of answers) {
      expect(rule).toMatch(/AwsSolutions-[A-Z]+\d+/);
      expect(JSON.stringify(reason)).toMatch(/.{40,}/);
    }
  });
});
