import { join } from 'node:path';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateStreamCommand,
  type CreateStreamCommandInput,
  StartStreamEncryptionCommand,
  type StartStreamEncryptionCommandInput,
} from '@aws-sdk/client-kinesis';
import {
  CreateApplicationCommand,
  type CreateApplicationCommandInput,
  StartApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { pipelineApp } from '../infra/aws/pipeline-app.ts';
import { DEFAULT_SETTINGS } from '../infra/aws/settings.ts';
import type { StackName } from '../infra/aws/stack-names.ts';
import { workedOut } from '../infra/aws/testing.ts';
import { LOCAL } from '../telemetry/topology.ts';
import type { Workbench } from '../workshop/workbench.ts';
import { temporaryFolder } from './kit.ts';
import { zipped } from './zipped.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Properties;
}

type Properties = Readonly<Record<string, unknown>>;

/** What a stack's templates lead to: the place, and by logical id what each resource came to be called. */
interface Made {
  readonly stackName: string;
  readonly assets: string;
  readonly ids: Map<string, { readonly id: string; readonly arn: string }>;
}

/**
 * Makes in a local cloud what the stacks' templates say, by the services' own commands, and starts the application, as
 * `wildrydes deploy` does. Roles are called as CloudFormation calls what has no name, whatever the template says: nothing
 * may depend on that.
 *
 * @param prefix with its dash
 * @throws Error for a type of resource that is not known here
 */
export async function deploySynthesized(
  at: Workbench,
  prefix: string,
  stacks: readonly StackName[],
): Promise<void> {
  const assets = temporaryFolder();
  const assembly = pipelineApp({ ...DEFAULT_SETTINGS, prefix, stacks }, { outdir: assets }).synth();
  for (const { stackName, template } of assembly.stacks) {
    const made: Made = { stackName, assets, ids: new Map() };
    const resources = Object.entries((template as { Resources: Record<string, Resource> }).Resources);
    for (const kind of ORDER) {
      for (const [logicalId, { Properties }] of resources.filter(([, { Type }]) => Type === kind)) {
        const make: Maker = MAKERS[kind];
        const id = await make(at, resolved(Properties, made) as Properties, made, logicalId);
        made.ids.set(logicalId, id);
      }
    }
    const unknown = resources.find(([, { Type }]) => !(Type in MAKERS) && !PASSED_OVER.has(Type));
    if (unknown !== undefined)
      throw new Error(`${stackName} has a type that is not made here: ${unknown[1].Type}`);
  }
}

/** What no check looks at, or the local cloud does not have. */
const PASSED_OVER: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption',
  'AWS::Logs::LogStream',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SSM::Parameter',
]);

/** Makes a resource of the properties of its type, which are nearly those of the service's own command. */
type Maker = (
  at: Workbench,
  properties: Properties,
  made: Made,
  logicalId: string,
) => Promise<{ readonly id: string; readonly arn: string }>;

const MAKERS = {
  'AWS::Logs::LogGroup': async (at, properties) => {
    const { LogGroupName: logGroupName } = properties as { LogGroupName: string };
    await at.logs.send(new CreateLogGroupCommand({ logGroupName }));
    return { id: logGroupName, arn: `${arn('logs', `log-group:${logGroupName}`)}:*` };
  },
  'AWS::Kinesis::Stream': async (at, properties) => {
    const { Name, StreamEncryption, ...given } = properties as unknown as CreateStreamCommandInput & {
      Name: string;
      StreamEncryption: Pick<StartStreamEncryptionCommandInput, 'EncryptionType' | 'KeyId'>;
    };
    const { ShardCount, StreamModeDetails } = given;
    await at.kinesis.send(new CreateStreamCommand({ StreamName: Name, ShardCount, StreamModeDetails }));
    await at.kinesis.send(new StartStreamEncryptionCommand({ StreamName: Name, ...StreamEncryption }));
    return { id: Name, arn: arn('kinesis', `stream/${Name}`) };
  },
  'AWS::SNS::Topic': async (at, properties) => {
    const { TopicName: Name } = properties as { TopicName: string };
    const { TopicArn = '' } = await at.sns.send(new CreateTopicCommand({ Name }));
    return { id: TopicArn, arn: TopicArn };
  },
  'AWS::DynamoDB::Table': async (at, properties) => {
    const { TableName, KeySchema, AttributeDefinitions, BillingMode } =
      properties as unknown as CreateTableCommandInput;
    const { TableDescription: made } = await at.dynamodb.send(
      new CreateTableCommand({ TableName, KeySchema, AttributeDefinitions, BillingMode }),
    );
    return { id: TableName ?? '', arn: made?.TableArn ?? '' };
  },
  'AWS::IAM::Role': async (at, { AssumeRolePolicyDocument }, { stackName }, logicalId) => {
    const RoleName = `${`${stackName}-${logicalId}`.slice(0, 51)}-${GENERATED}`;
    const { Role } = await at.iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(AssumeRolePolicyDocument) }),
    );
    return { id: RoleName, arn: Role?.Arn ?? '' };
  },
  'AWS::IAM::Policy': async (at, properties) => {
    const { PolicyName, PolicyDocument, Roles } = properties as {
      PolicyName: string;
      Roles: string[];
    } & Properties;
    for (const RoleName of Roles) {
      await at.iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(PolicyDocument) }),
      );
    }
    return { id: PolicyName, arn: '' };
  },
  'AWS::Lambda::Function': async (at, properties, { assets }) => {
    // Logs in JSON the local cloud does not have, and the group is the one that it writes to.
    const { Tags: _tags, Code, LoggingConfig: _logging, ...given } = properties;
    const { S3Key } = Code as { S3Key: string };
    const folder = join(assets, `asset.${S3Key.replace(/\.zip$/, '')}`);
    const made = await at.lambda.send(
      new CreateFunctionCommand({
        ...(given as unknown as CreateFunctionCommandInput),
        Code: { ZipFile: zipped(folder) },
      }),
    );
    return { id: made.FunctionName ?? '', arn: made.FunctionArn ?? '' };
  },
  'AWS::Lambda::EventSourceMapping': async (at, { Tags: _tags, ...properties }) => {
    const { UUID = '' } = await at.lambda.send(
      new CreateEventSourceMappingCommand(properties as unknown as CreateEventSourceMappingCommandInput),
    );
    return { id: UUID, arn: '' };
  },
  'AWS::KinesisAnalyticsV2::Application': async (at, { Tags: _tags, ...properties }) => {
    const create = properties as unknown as CreateApplicationCommandInput;
    const { ApplicationName } = create;
    await at.analytics.send(new CreateApplicationCommand(create));
    await at.analytics.send(new StartApplicationCommand({ ApplicationName, RunConfiguration: {} }));
    return { id: ApplicationName ?? '', arn: '' };
  },
} satisfies Record<string, Maker>;

/** What CloudFormation puts behind the name of a stack and of a resource in it. */
const GENERATED = 'Ab1Cd2Ef3Gh4';

/** In which nothing refers to what comes later. */
const ORDER = Object.keys(MAKERS) as (keyof typeof MAKERS)[];

function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${LOCAL.region}:${LOCAL.accountId}:${resource}`;
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': LOCAL.accountId,
  'AWS::Region': LOCAL.region,
};

/** A part of a template with its references resolved. */
function resolved(value: unknown, made: Made): unknown {
  return workedOut(value, {
    ref: (name) => PSEUDO[name] ?? found(made, name).id,
    attribute: (logicalId) => found(made, logicalId).arn,
  });
}

function found({ ids, stackName }: Made, logicalId: string) {
  const id = ids.get(logicalId);
  if (id === undefined) throw new Error(`${stackName} refers to ${logicalId}, which is not made yet`);
  return id;
}
