import type { Input } from '../../protocol/validation.ts';
import { RUNTIMES, type Runtime } from '../definitions.ts';
import { invalidParameter } from '../errors.ts';
import { logGroupName } from '../identity.ts';
import type { RoleTrust } from '../operation.ts';
import { RESERVED_VARIABLES } from '../sandbox/variables.ts';
import type { FunctionRecord } from './stored-function.ts';

/**
 * What CreateFunction and UpdateFunctionConfiguration have in common.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
export const SETTINGS = {
  Role: { type: 'String', pattern: 'arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+' },
  Runtime: { type: 'String' },
  Handler: { type: 'String', max: 128, pattern: '[^\\s]+' },
  Description: { type: 'String', max: 256 },
  Timeout: { type: 'Integer', min: 1, max: 900 },
  MemorySize: { type: 'Integer', min: 128, max: 10_240 },
  Environment: { type: 'Structure', members: { Variables: { type: 'Map' } } },
  EphemeralStorage: {
    type: 'Structure',
    members: { Size: { type: 'Integer', required: true, min: 512, max: 10_240 } },
  },
  TracingConfig: {
    type: 'Structure',
    members: { Mode: { type: 'String', oneOf: ['Active', 'PassThrough'] } },
  },
  VpcConfig: {
    type: 'Structure',
    members: {
      SubnetIds: { type: 'List', each: { type: 'String' }, max: 16 },
      SecurityGroupIds: { type: 'List', each: { type: 'String' }, max: 5 },
    },
  },
  KMSKeyArn: { type: 'String' },
  LoggingConfig: {
    type: 'Structure',
    members: {
      LogFormat: { type: 'String', oneOf: ['JSON', 'Text'] },
      LogGroup: { type: 'String', min: 1, max: 512, pattern: '[\\.\\-_/#A-Za-z0-9]+' },
    },
  },
  SnapStart: {
    type: 'Structure',
    members: { ApplyOn: { type: 'String', oneOf: ['PublishedVersions', 'None'] } },
  },
  // What the local cloud does not have: taken when empty, as tools send it, else refused.
  Layers: { type: 'List', each: { type: 'String' } },
  FileSystemConfigs: { type: 'List', each: { type: 'Structure', members: {} } },
  DeadLetterConfig: { type: 'Structure', members: { TargetArn: { type: 'String' } } },
  ImageConfig: { type: 'Structure', members: {} },
} as const;

export type Settings = Input<typeof SETTINGS>;

/** What CreateFunction takes where the request says nothing. */
export const DEFAULTS = {
  description: '',
  timeout: 3,
  memorySize: 128,
  environment: null,
  ephemeralStorage: 512,
  tracingMode: 'PassThrough',
  vpcConfig: null,
  kmsKeyArn: null,
} as const;

/** Bytes of a function's variables, as JSON. */
const MOST_ENVIRONMENT = 4096;

const VARIABLE_NAME = /^[a-zA-Z][a-zA-Z0-9_]+$/;

/**
 * The rules between settings, and what is refused because the local cloud does not have it.
 *
 * @throws LambdaError InvalidParameterValueException
 */
export function checkSettings(settings: Settings, roleTrust: (arn: string) => RoleTrust): void {
  const { Role, Runtime, Environment } = settings;
  if (Runtime !== undefined) checkRuntime(Runtime);
  if (Environment?.Variables !== undefined) checkVariables(Environment.Variables);
  if (Role !== undefined && roleTrust(Role) !== 'ok') {
    throw invalidParameter('The role defined for the function cannot be assumed by Lambda.');
  }
  for (const [name, given] of Object.entries(absent(settings))) {
    if (given) throw invalidParameter(`The local Lambda does not offer ${name}.`);
  }
  if (settings.SnapStart?.ApplyOn === 'PublishedVersions') {
    throw invalidParameter(`${Runtime ?? 'Node.js'} is not supported for SnapStart enabled functions.`);
  }
}

function absent({
  Layers,
  FileSystemConfigs,
  DeadLetterConfig,
  LoggingConfig,
}: Settings): Record<string, boolean> {
  return {
    Layers: (Layers?.length ?? 0) > 0,
    FileSystemConfigs: (FileSystemConfigs?.length ?? 0) > 0,
    DeadLetterConfig: (DeadLetterConfig?.TargetArn ?? '') !== '',
    'LogFormat JSON, only Text': LoggingConfig?.LogFormat === 'JSON',
  };
}

function checkRuntime(runtime: string): asserts runtime is Runtime {
  if ((RUNTIMES as readonly string[]).includes(runtime)) return;
  throw invalidParameter(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${RUNTIMES.join(', ')}] or be a valid ARN`,
  );
}

function checkVariables(variables: Readonly<Record<string, string>>): void {
  const names = Object.keys(variables);
  const strange = names.find((name) => !VARIABLE_NAME.test(name));
  if (strange !== undefined) {
    throw invalidParameter(
      `1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+] (given ${JSON.stringify(strange)})`,
    );
  }
  const because =
    'Lambda was unable to configure your environment variables because the environment variables you have provided';
  const reserved = names.filter((name) => RESERVED_VARIABLES.has(name));
  if (reserved.length > 0) {
    throw invalidParameter(
      `${because} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > MOST_ENVIRONMENT) {
    throw invalidParameter(`${because} exceeded the 4KB limit. String measured: ${measured}`);
  }
}

/** A record's members that these settings set; the others are left out. */
export function settingsOf(settings: Settings, functionName: string): Partial<FunctionRecord> {
  const { Environment, EphemeralStorage, TracingConfig, VpcConfig, KMSKeyArn, LoggingConfig } = settings;
  const { Role, Runtime, Handler, Description, Timeout, MemorySize } = settings;
  return defined({
    role: Role,
    runtime: Runtime as Runtime | undefined,
    handler: Handler,
    description: Description,
    timeout: Timeout,
    memorySize: MemorySize,
    environment: Environment === undefined ? undefined : nullIfEmpty(Environment.Variables ?? {}),
    ephemeralStorage: EphemeralStorage?.Size,
    tracingMode: TracingConfig?.Mode,
    vpcConfig:
      VpcConfig === undefined
        ? undefined
        : { subnetIds: VpcConfig.SubnetIds ?? [], securityGroupIds: VpcConfig.SecurityGroupIds ?? [] },
    kmsKeyArn: KMSKeyArn === undefined ? undefined : KMSKeyArn || null,
    logGroup:
      LoggingConfig === undefined ? undefined : (LoggingConfig.LogGroup ?? logGroupName(functionName)),
  });
}

function nullIfEmpty(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  return Object.keys(variables).length === 0 ? null : variables;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}
