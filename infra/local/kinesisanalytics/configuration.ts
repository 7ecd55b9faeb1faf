import { createHash } from 'node:crypto';
import { characters, type Input, type Rule, type Shape } from '../protocol/validation.ts';
import type { PropertyGroup } from './engine.ts';
import { AnalyticsError, type AnalyticsErrorType, invalidArgument } from './errors.ts';
import type { ApplicationCode, Configuration, FlinkBlock } from './record.ts';
import { ARN, ENVIRONMENT, type Environment, FLINK, FLINK_DEFAULTS, type Settings } from './shapes.ts';

/** What runs here. Those that AWS takes beside these need an older Flink, or a notebook. */
export const RUNTIMES: readonly string[] = ['FLINK-1_20', 'FLINK-2_2', 'FLINK-2_3'];

const S3_LOCATION = {
  BucketARN: { ...ARN, required: true },
  FileKey: { type: 'String', required: true, min: 1, max: 1024 },
  ObjectVersion: { type: 'String', max: 1024 },
} as const satisfies Shape;

/** Bytes of a code that comes with the request. */
export const LARGEST_ZIP = 52_428_800;
export const ZIP = { type: 'Blob', max: LARGEST_ZIP } as const satisfies Rule;
export const CODE_TYPE = { type: 'String', oneOf: ['PLAINTEXT', 'ZIPFILE'] } as const satisfies Rule;
export const TEXT = { type: 'String', max: 102_400 } as const satisfies Rule;
export const KEY_TYPE = {
  type: 'String',
  oneOf: ['AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KEY'],
} as const satisfies Rule;
export const KEY_ID = { type: 'String', min: 1, max: 2048 } as const satisfies Rule;
/** What is refused whatever is in it. */
export const ANYTHING = { type: 'Structure', members: {} } as const satisfies Rule;

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ApplicationConfiguration.html */
export const CONFIGURATION = {
  FlinkApplicationConfiguration: { type: 'Structure', members: FLINK },
  EnvironmentProperties: ENVIRONMENT,
  ApplicationCodeConfiguration: {
    type: 'Structure',
    members: {
      CodeContentType: { ...CODE_TYPE, required: true },
      CodeContent: {
        type: 'Structure',
        members: {
          TextContent: TEXT,
          ZipFileContent: ZIP,
          S3ContentLocation: { type: 'Structure', members: S3_LOCATION },
        },
      },
    },
  },
  ApplicationSnapshotConfiguration: {
    type: 'Structure',
    members: { SnapshotsEnabled: { type: 'Boolean', required: true } },
  },
  ApplicationSystemRollbackConfiguration: {
    type: 'Structure',
    members: { RollbackEnabled: { type: 'Boolean', required: true } },
  },
  ApplicationEncryptionConfiguration: {
    type: 'Structure',
    members: { KeyId: KEY_ID, KeyType: { ...KEY_TYPE, required: true } },
  },
  SqlApplicationConfiguration: ANYTHING,
  ZeppelinApplicationConfiguration: ANYTHING,
  VpcConfigurations: { type: 'List', each: ANYTHING },
} as const satisfies Shape;

/** What an application is before anything is said of it, but for its runtime and role. */
const UNCONFIGURED = {
  code: null,
  flink: Object.fromEntries(
    Object.entries(FLINK_DEFAULTS).map(([name, values]) => [
      name,
      { ConfigurationType: 'DEFAULT', ...values },
    ]),
  ),
  properties: [],
  snapshotsEnabled: true,
  rollbackEnabled: null,
  encryption: null,
  logging: [],
} as const satisfies Partial<Configuration>;

/**
 * The configuration of a new application, with AWS's defaults where the request is silent.
 *
 * @throws AnalyticsError InvalidArgumentException or ValidationException; UnsupportedOperationException for what is not
 * offered here
 */
export function newConfiguration(
  runtime: string,
  role: string,
  given: Input<typeof CONFIGURATION> | undefined,
): Configuration {
  insistOnRuntime(runtime, 'UnsupportedOperationException');
  const {
    FlinkApplicationConfiguration: flink,
    EnvironmentProperties: environment,
    ApplicationCodeConfiguration: code,
    ApplicationSnapshotConfiguration: snapshots,
    ApplicationSystemRollbackConfiguration: rollback,
    ApplicationEncryptionConfiguration: encryption,
  } = given ?? ({} as Partial<Input<typeof CONFIGURATION>>);
  refuseUnsupported(given);
  return {
    ...UNCONFIGURED,
    runtime,
    role,
    code: code === undefined ? null : codeOf(code.CodeContentType, code.CodeContent ?? {}),
    flink: withFlink(UNCONFIGURED.flink, (flink ?? {}) as Readonly<Record<string, Settings>>),
    properties: environment === undefined ? [] : propertiesOf(environment),
    snapshotsEnabled: snapshots?.SnapshotsEnabled ?? UNCONFIGURED.snapshotsEnabled,
    rollbackEnabled: rollback?.RollbackEnabled ?? null,
    encryption:
      encryption === undefined
        ? null
        : encryptionOf({ keyType: encryption.KeyType, keyId: encryption.KeyId }),
  };
}

/** @param type of the error: CreateApplication and UpdateApplication have different ones */
export function insistOnRuntime(runtime: string, type: AnalyticsErrorType): void {
  if (RUNTIMES.includes(runtime)) return;
  const reason = runtime.startsWith('SQL')
    ? 'SQL applications no longer exist: AWS ended them on 2026-01-27'
    : `The local cloud runs applications of ${RUNTIMES.join(', ')}`;
  throw new AnalyticsError(type, `${reason} (given ${runtime}).`);
}

function refuseUnsupported(given: Input<typeof CONFIGURATION> | undefined): void {
  const refused = (
    ['SqlApplicationConfiguration', 'ZeppelinApplicationConfiguration', 'VpcConfigurations'] as const
  ).find((member) => given?.[member] !== undefined);
  if (refused !== undefined) {
    throw new AnalyticsError('UnsupportedOperationException', `The local cloud does not offer ${refused}.`);
  }
}

/** Blocks with the settings of a request in them. A block of type DEFAULT has the defaults, whatever else is said. */
export function withFlink(
  blocks: Configuration['flink'],
  given: Readonly<Record<string, Settings | undefined>>,
): Configuration['flink'] {
  return Object.fromEntries(
    Object.entries(FLINK_DEFAULTS).map(([name, defaults]): [string, FlinkBlock] => {
      const before = blocks[name] ?? {};
      const settings = Object.entries(given[name] ?? {}).filter(([, value]) => value !== undefined);
      const after = { ...before, ...Object.fromEntries(settings) } as FlinkBlock;
      return [
        name,
        after.ConfigurationType === 'CUSTOM' ? after : { ConfigurationType: 'DEFAULT', ...defaults },
      ];
    }),
  );
}

/** @throws AnalyticsError ValidationException for keys and values that are empty or too long; InvalidArgumentException for a group given twice */
export function propertiesOf({ PropertyGroups }: Environment): PropertyGroup[] {
  const groups = PropertyGroups.map((group) => ({ id: group.PropertyGroupId, values: group.PropertyMap }));
  for (const [i, { values }] of groups.entries()) {
    const texts = Object.entries(values).flat();
    if (texts.some((text) => characters(text) < 1 || characters(text) > LONGEST_PROPERTY)) {
      throw new AnalyticsError(
        'ValidationException',
        `1 validation error detected: Value at 'propertyGroups.${i + 1}.member.propertyMap' failed to satisfy constraint: ` +
          `Map keys and values must satisfy constraint: [Member must have length less than or equal to ${LONGEST_PROPERTY}, ` +
          'Member must have length greater than or equal to 1]',
      );
    }
  }
  const twice = groups.find(({ id }, i) => groups.findIndex((other) => other.id === id) !== i);
  if (twice !== undefined)
    throw invalidArgument(`Each PropertyGroupId may be given once (given ${twice.id}).`);
  return groups;
}

/** Characters of a property's key, and of its value. */
const LONGEST_PROPERTY = 2048;

interface CodeContent {
  readonly TextContent?: string | undefined;
  readonly ZipFileContent?: string | undefined;
  readonly S3ContentLocation?: Input<typeof S3_LOCATION> | undefined;
}

/** @throws AnalyticsError InvalidArgumentException unless it is one code, for Flink */
export function codeOf(type: string, content: CodeContent): ApplicationCode {
  const { TextContent, ZipFileContent: zip, S3ContentLocation: location } = content;
  if (type !== 'ZIPFILE' || TextContent !== undefined) {
    throw invalidArgument(
      `The code of a Flink application is a ZIPFILE, without TextContent (given ${type}).`,
    );
  }
  if ((zip === undefined) === (location === undefined)) {
    throw invalidArgument('The code must be given as ZipFileContent or as S3ContentLocation, one of them.');
  }
  if (zip !== undefined) {
    const bytes = Buffer.from(zip, 'base64');
    return { md5: createHash('md5').update(bytes).digest('base64'), size: bytes.length };
  }
  const { BucketARN, FileKey, ObjectVersion } = location!;
  return { bucketArn: BucketARN, fileKey: FileKey, objectVersion: ObjectVersion ?? null };
}

/** @throws AnalyticsError InvalidArgumentException unless a key is named exactly where it is the customer's */
export function encryptionOf(given: {
  readonly keyType: string;
  readonly keyId: string | undefined;
}): Configuration['encryption'] {
  const { keyType, keyId } = given;
  if ((keyType === 'CUSTOMER_MANAGED_KEY') !== (keyId !== undefined)) {
    throw invalidArgument(`A KeyId goes with CUSTOMER_MANAGED_KEY only (given ${keyType}).`);
  }
  return { keyType, keyId: keyId ?? null };
}
