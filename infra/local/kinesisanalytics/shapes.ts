import type { Input, Rule, Shape } from '../protocol/validation.ts';

/** Shapes that several operations share. Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_Types.html */

export const APPLICATION_NAME = {
  type: 'String',
  required: true,
  pattern: '[a-zA-Z0-9_.-]+',
  min: 1,
  max: 128,
} as const satisfies Rule;

export const SNAPSHOT_NAME = {
  type: 'String',
  pattern: '[a-zA-Z0-9_.-]+',
  min: 1,
  max: 256,
} as const satisfies Rule;

export const ARN = { type: 'String', pattern: 'arn:.*', min: 1, max: 2048 } as const satisfies Rule;

export const VERSION_ID = { type: 'Integer', min: 1, max: 999_999_999 } as const satisfies Rule;

export const OPERATION_ID = { type: 'String', min: 1, max: 64 } as const satisfies Rule;

export const OPTION_ID = {
  type: 'String',
  pattern: '[a-zA-Z0-9_.-]+',
  min: 1,
  max: 50,
} as const satisfies Rule;

/** What AWS knows; what runs here is another matter. */
export const RUNTIME = {
  type: 'String',
  oneOf: [
    'SQL-1_0',
    'FLINK-1_6',
    'FLINK-1_8',
    'ZEPPELIN-FLINK-1_0',
    'FLINK-1_11',
    'FLINK-1_13',
    'ZEPPELIN-FLINK-2_0',
    'FLINK-1_15',
    'ZEPPELIN-FLINK-3_0',
    'FLINK-1_18',
    'FLINK-1_19',
    'FLINK-1_20',
    'FLINK-2_2',
    'FLINK-2_3',
  ],
} as const satisfies Rule;

/** How a change says which state of the application it is meant for. */
export const CONCURRENCY = {
  CurrentApplicationVersionId: VERSION_ID,
  ConditionalToken: { type: 'String', pattern: '[a-zA-Z0-9-_+/=]+', min: 1, max: 512 },
} as const satisfies Shape;

export const LIMIT = { type: 'Integer', min: 1, max: 50 } as const satisfies Rule;

export const NEXT_TOKEN = { type: 'String', min: 1, max: 512 } as const satisfies Rule;

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_PropertyGroup.html */
export const ENVIRONMENT = {
  type: 'Structure',
  members: {
    PropertyGroups: {
      type: 'List',
      required: true,
      max: 50,
      each: {
        type: 'Structure',
        members: {
          PropertyGroupId: { ...OPTION_ID, required: true },
          PropertyMap: { type: 'Map', required: true, min: 1, max: 50 },
        },
      },
    },
  },
} as const satisfies Rule;

export type Environment = Input<(typeof ENVIRONMENT)['members']>;

const CONFIGURATION_TYPE = { type: 'String', oneOf: ['DEFAULT', 'CUSTOM'] } as const satisfies Rule;
const BOOLEAN = { type: 'Boolean' } as const satisfies Rule;
const AT_LEAST_ONE = { type: 'Integer', min: 1 } as const satisfies Rule;

/**
 * The three blocks of settings of Flink, with what each value may be. An update has the same members, each called
 * `…Update`. Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_FlinkApplicationConfiguration.html
 */
const BLOCKS = {
  CheckpointConfiguration: {
    CheckpointingEnabled: BOOLEAN,
    CheckpointInterval: AT_LEAST_ONE,
    MinPauseBetweenCheckpoints: { type: 'Integer', min: 0 },
  },
  MonitoringConfiguration: {
    MetricsLevel: { type: 'String', oneOf: ['APPLICATION', 'TASK', 'OPERATOR', 'PARALLELISM'] },
    LogLevel: { type: 'String', oneOf: ['INFO', 'WARN', 'ERROR', 'DEBUG'] },
  },
  ParallelismConfiguration: {
    Parallelism: AT_LEAST_ONE,
    ParallelismPerKPU: AT_LEAST_ONE,
    AutoScalingEnabled: BOOLEAN,
  },
} as const satisfies Readonly<Record<string, Shape>>;

/**
 * What is in force in a block of type DEFAULT, and in one of type CUSTOM where nothing is said.
 * Source: the page of each block, and what a new application shows on AWS.
 */
export const FLINK_DEFAULTS: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>> = {
  CheckpointConfiguration: {
    CheckpointingEnabled: true,
    CheckpointInterval: 60_000,
    MinPauseBetweenCheckpoints: 5_000,
  },
  MonitoringConfiguration: { MetricsLevel: 'APPLICATION', LogLevel: 'INFO' },
  ParallelismConfiguration: { Parallelism: 1, ParallelismPerKPU: 1, AutoScalingEnabled: true },
};

/** The settings that a request has for one block. */
export type Settings = Readonly<Record<string, string | number | boolean | undefined>>;

export const FLINK: Shape = Object.fromEntries(
  Object.entries(BLOCKS).map(([name, values]) => [
    name,
    {
      type: 'Structure',
      members: { ConfigurationType: { ...CONFIGURATION_TYPE, required: true }, ...values },
    } as const,
  ]),
);

export const FLINK_UPDATE: Shape = asUpdate(
  Object.fromEntries(
    Object.entries(BLOCKS).map(([name, values]) => [
      name,
      {
        type: 'Structure',
        members: asUpdate({ ConfigurationType: CONFIGURATION_TYPE, ...values }),
      } as const,
    ]),
  ),
);

function asUpdate(shape: Shape): Shape {
  return Object.fromEntries(Object.entries(shape).map(([name, rule]) => [`${name}Update`, rule]));
}

/** The settings of an update, by the blocks' names. */
export function settingsOf(
  update: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Settings | undefined>> {
  const plain = (members: object) =>
    Object.fromEntries(Object.entries(members).map(([name, value]) => [name.replace(/Update$/, ''), value]));
  return Object.fromEntries(
    Object.entries(plain(update)).map(([name, block]) => [
      name,
      block && (plain(block as object) as Settings),
    ]),
  );
}
