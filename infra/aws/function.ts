import { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  CfnEventSourceMapping,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionManifest, StreamTrigger, TableTrigger } from '../../processor/manifest.ts';
import { bundledFunction } from './bundle.ts';
import { GONE_WITH_STACK, type KitStack } from './kit-stack.ts';
import { metricsNamespace } from './names.ts';
import { allow, statementFor } from './policy.ts';

/** What a function needs besides its manifest. */
export interface KitFunctionOptions {
  /** The search domain, for functions that write to one: its URL and ARN. */
  readonly search?: { readonly endpoint: string; readonly arn: string };
  /** Variables that the manifest leaves to whoever deploys. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A function of the kit, from its manifest: its code, a role of its own that allows what the manifest says and a log, and a
 * log group that is kept for a while. Triggers are added by `reads`.
 */
export class KitFunction extends Construct {
  readonly fn: LambdaFunction;
  readonly role: Role;

  constructor(stack: KitStack, manifest: FunctionManifest, options: KitFunctionOptions = {}) {
    super(stack, manifest.functionName);
    const functionName = stack.names.of(manifest.functionName);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: stack.settings.logDays as RetentionDays,
      removalPolicy: GONE_WITH_STACK,
    });
    this.role = new Role(this, 'Role', {
      description: `What ${functionName} may do`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    allow(this.role, {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
      reason: 'writes its own log',
    });
    for (const permission of manifest.permissions) {
      allow(this.role, statementFor(permission, stack, options.search?.arn));
    }
    this.fn = new LambdaFunction(this, 'Function', {
      functionName,
      description: manifest.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundledFunction(manifest.entry)),
      handler: 'index.handler',
      role: this.role,
      timeout: Duration.seconds(manifest.timeout),
      memorySize: manifest.memorySize,
      environment: {
        ...resolved(manifest.environment, stack, options),
        ...options.environment,
        NODE_OPTIONS: '--enable-source-maps',
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(stack.names),
      },
      logGroup,
      loggingFormat: LoggingFormat.JSON,
    });
    // Its role must allow the log before anything runs.
    this.fn.node.addDependency(this.role);
  }

  /** Has Lambda read a stream or the changes of a table, as the trigger says, and call the function with them. */
  reads(
    trigger: StreamTrigger | TableTrigger,
    sourceArn: string,
    onFailureArn: string,
  ): CfnEventSourceMapping {
    const source = trigger.on === 'stream' ? trigger.stream : trigger.table;
    if (trigger.on === 'stream') {
      allow(this.role, {
        actions: [
          'kinesis:DescribeStream',
          'kinesis:DescribeStreamSummary',
          'kinesis:GetRecords',
          'kinesis:GetShardIterator',
          'kinesis:ListShards',
        ],
        resources: [sourceArn],
        reason: 'Lambda reads the stream in its name',
      });
      allow(this.role, {
        actions: ['kinesis:ListStreams'],
        resources: ['*'],
        reason: 'Lambda asks for it when the mapping is made',
        wildcard: 'the operation is on no stream in particular, and AWS knows no resource for it',
      });
    } else {
      allow(this.role, {
        actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        resources: [sourceArn],
        reason: "Lambda reads the table's changes in its name",
      });
      allow(this.role, {
        actions: ['dynamodb:ListStreams'],
        resources: ['*'],
        reason: 'Lambda asks for it when the mapping is made',
        wildcard: 'the operation is on no table in particular, and AWS knows no resource for it',
      });
    }
    allow(this.role, {
      actions: ['sns:Publish'],
      resources: [onFailureArn],
      reason: 'Lambda tells in its name of the batches that it gave up',
    });
    const mapping = new CfnEventSourceMapping(this, `From-${source}`, {
      functionName: this.fn.functionName,
      eventSourceArn: sourceArn,
      batchSize: trigger.batchSize,
      maximumBatchingWindowInSeconds: trigger.maximumBatchingWindowInSeconds,
      startingPosition: trigger.startingPosition,
      functionResponseTypes: [...trigger.functionResponseTypes],
      maximumRetryAttempts: trigger.maximumRetryAttempts,
      ...GIVES_UP,
      destinationConfig: { onFailure: { destination: onFailureArn } },
    });
    // AWS looks at the role when it makes the mapping.
    mapping.node.addDependency(this.role);
    return mapping;
  }
}

/**
 * On AWS a batch that cannot be handled comes to an end four hours before its records would expire, and is told of: nobody
 * sits beside it and watches. A failing batch is halved, so that what is given up is small.
 */
export const GIVES_UP = { bisectBatchOnFunctionError: true, maximumRecordAgeInSeconds: 72_000 } as const;

/**
 * Puts real things in place of a manifest's placeholders.
 *
 * @throws Error for one of no known kind
 */
function resolved(
  environment: FunctionManifest['environment'],
  stack: KitStack,
  { search }: KitFunctionOptions,
): Record<string, string> {
  const { arns, names } = stack;
  const kinds: Readonly<Record<string, (name: string) => string | undefined>> = {
    topic: arns.topic,
    stream: arns.stream,
    'stream-name': (name) => names.of(name),
    'table-name': (name) => names.of(name),
    index: (name) => names.of(name),
    bucket: (name) => names.bucket(stack, name),
    search: () => search?.endpoint,
  };
  return Object.fromEntries(
    Object.entries(environment).map(([variable, value]) => [
      variable,
      value.replace(/\$\{([^:}]+):([^}]+)\}/g, (placeholder, kind: string, name: string) => {
        const real = kinds[kind]?.(name);
        if (real === undefined)
          throw new Error(`${variable} has a placeholder of no known kind: ${placeholder}`);
        return real;
      }),
    ]),
  );
}
