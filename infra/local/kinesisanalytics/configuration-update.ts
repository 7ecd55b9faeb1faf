import type { Input, Shape } from '../protocol/validation.ts';
import {
  ANYTHING,
  CODE_TYPE,
  codeOf,
  encryptionOf,
  insistOnRuntime,
  KEY_ID,
  KEY_TYPE,
  propertiesOf,
  TEXT,
  withFlink,
  ZIP,
} from './configuration.ts';
import { invalidArgument } from './errors.ts';
import type { ApplicationCode, Configuration } from './record.ts';
import { ARN, ENVIRONMENT, FLINK_UPDATE, OPTION_ID, RUNTIME, settingsOf } from './shapes.ts';

/**
 * What UpdateApplication may change of a configuration.
 * Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_UpdateApplication.html
 */
export const CONFIGURATION_UPDATE = {
  ServiceExecutionRoleUpdate: ARN,
  RuntimeEnvironmentUpdate: RUNTIME,
  ApplicationConfigurationUpdate: {
    type: 'Structure',
    members: {
      FlinkApplicationConfigurationUpdate: { type: 'Structure', members: FLINK_UPDATE },
      EnvironmentPropertyUpdates: ENVIRONMENT,
      ApplicationCodeConfigurationUpdate: {
        type: 'Structure',
        members: {
          CodeContentTypeUpdate: CODE_TYPE,
          CodeContentUpdate: {
            type: 'Structure',
            members: {
              TextContentUpdate: TEXT,
              ZipFileContentUpdate: ZIP,
              S3ContentLocationUpdate: {
                type: 'Structure',
                members: {
                  BucketARNUpdate: ARN,
                  FileKeyUpdate: { type: 'String', min: 1, max: 1024 },
                  ObjectVersionUpdate: { type: 'String', max: 1024 },
                },
              },
            },
          },
        },
      },
      ApplicationSnapshotConfigurationUpdate: {
        type: 'Structure',
        members: { SnapshotsEnabledUpdate: { type: 'Boolean', required: true } },
      },
      ApplicationSystemRollbackConfigurationUpdate: {
        type: 'Structure',
        members: { RollbackEnabledUpdate: { type: 'Boolean', required: true } },
      },
      ApplicationEncryptionConfigurationUpdate: {
        type: 'Structure',
        members: { KeyIdUpdate: KEY_ID, KeyTypeUpdate: { ...KEY_TYPE, required: true } },
      },
      SqlApplicationConfigurationUpdate: ANYTHING,
      ZeppelinApplicationConfigurationUpdate: ANYTHING,
      VpcConfigurationUpdates: { type: 'List', each: ANYTHING },
    },
  },
  CloudWatchLoggingOptionUpdates: {
    type: 'List',
    each: {
      type: 'Structure',
      members: {
        CloudWatchLoggingOptionId: { ...OPTION_ID, required: true },
        LogStreamARNUpdate: ARN,
      },
    },
  },
} as const satisfies Shape;

export type ConfigurationUpdate = Input<typeof CONFIGURATION_UPDATE>;

type Parts = Partial<NonNullable<ConfigurationUpdate['ApplicationConfigurationUpdate']>>;
type CodeUpdate = NonNullable<Parts['ApplicationCodeConfigurationUpdate']>;

/**
 * A configuration with an update in it. Property groups are replaced as a whole, as on AWS; of the rest, what the update
 * does not name stays.
 *
 * @throws AnalyticsError InvalidArgumentException for what cannot be, or is not offered here
 */
export function updated(before: Configuration, update: ConfigurationUpdate): Configuration {
  const parts: Parts = update.ApplicationConfigurationUpdate ?? {};
  refuseUnsupported(parts);
  if (update.RuntimeEnvironmentUpdate !== undefined) {
    insistOnRuntime(update.RuntimeEnvironmentUpdate, 'InvalidArgumentException');
  }
  const {
    FlinkApplicationConfigurationUpdate: flink,
    EnvironmentPropertyUpdates: environment,
    ApplicationCodeConfigurationUpdate: code,
    ApplicationSnapshotConfigurationUpdate: snapshots,
    ApplicationSystemRollbackConfigurationUpdate: rollback,
    ApplicationEncryptionConfigurationUpdate: encryption,
  } = parts;
  return {
    runtime: update.RuntimeEnvironmentUpdate ?? before.runtime,
    role: update.ServiceExecutionRoleUpdate ?? before.role,
    code: code === undefined ? before.code : updatedCode(before.code, code),
    flink: flink === undefined ? before.flink : withFlink(before.flink, settingsOf(flink)),
    properties: environment === undefined ? before.properties : propertiesOf(environment),
    snapshotsEnabled: snapshots?.SnapshotsEnabledUpdate ?? before.snapshotsEnabled,
    rollbackEnabled: rollback?.RollbackEnabledUpdate ?? before.rollbackEnabled,
    encryption:
      encryption === undefined
        ? before.encryption
        : encryptionOf({ keyType: encryption.KeyTypeUpdate, keyId: encryption.KeyIdUpdate }),
    logging: updatedLogging(before.logging, update.CloudWatchLoggingOptionUpdates ?? []),
  };
}

function refuseUnsupported(parts: Parts): void {
  const refused = (
    [
      'SqlApplicationConfigurationUpdate',
      'ZeppelinApplicationConfigurationUpdate',
      'VpcConfigurationUpdates',
    ] as const
  ).find((member) => parts[member] !== undefined);
  if (refused !== undefined) throw invalidArgument(`The local cloud does not offer ${refused}.`);
}

function updatedCode(before: ApplicationCode | null, update: CodeUpdate): ApplicationCode | null {
  const { CodeContentTypeUpdate: type = 'ZIPFILE', CodeContentUpdate: content } = update;
  if (content === undefined) {
    if (before === null || type !== 'ZIPFILE') return codeOf(type, {});
    return before;
  }
  const location = content.S3ContentLocationUpdate;
  return codeOf(type, {
    TextContent: content.TextContentUpdate,
    ZipFileContent: content.ZipFileContentUpdate,
    S3ContentLocation: location && updatedLocation(before, location),
  });
}

type LocationUpdate = NonNullable<NonNullable<CodeUpdate['CodeContentUpdate']>['S3ContentLocationUpdate']>;

/** Another object is in no version until the update names one. */
function updatedLocation(before: ApplicationCode | null, update: LocationUpdate) {
  const old = before !== null && 'bucketArn' in before ? before : undefined;
  const BucketARN = update.BucketARNUpdate ?? old?.bucketArn;
  const FileKey = update.FileKeyUpdate ?? old?.fileKey;
  if (BucketARN === undefined || FileKey === undefined) {
    throw invalidArgument('Code that was not in S3 before needs BucketARNUpdate and FileKeyUpdate.');
  }
  const same = BucketARN === old?.bucketArn && FileKey === old.fileKey;
  const ObjectVersion = update.ObjectVersionUpdate ?? ((same && old.objectVersion) || undefined);
  return { BucketARN, FileKey, ObjectVersion };
}

function updatedLogging(
  before: Configuration['logging'],
  updates: NonNullable<ConfigurationUpdate['CloudWatchLoggingOptionUpdates']>,
): Configuration['logging'] {
  for (const { CloudWatchLoggingOptionId: id } of updates) {
    if (!before.some((option) => option.id === id)) {
      throw invalidArgument(`There is no CloudWatch logging option ${id}.`);
    }
  }
  return before.map((option) => {
    const update = updates.find(({ CloudWatchLoggingOptionId: id }) => id === option.id);
    return { ...option, logStreamArn: update?.LogStreamARNUpdate ?? option.logStreamArn };
  });
}
