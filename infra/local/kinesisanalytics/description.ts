import type { PropertyGroup } from './engine.ts';
import {
  type ApplicationCode,
  type ApplicationRecord,
  type Configuration,
  conditionalToken,
  currentVersion,
  type OperationRecord,
  type RunConfiguration,
  type Snapshot,
  seconds,
  type Version,
} from './record.ts';

/** How the API writes what is kept. */

/**
 * Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ApplicationDetail.html
 *
 * @param version the current one, or an older one
 * @param jobPlan shown if asked for
 */
export function describeApplication(
  record: ApplicationRecord,
  version: Version = currentVersion(record),
  jobPlan?: string,
): object {
  const { configuration, rolledBack } = version;
  return {
    ApplicationARN: record.arn,
    ...(record.description === null ? {} : { ApplicationDescription: record.description }),
    ApplicationName: record.name,
    RuntimeEnvironment: configuration.runtime,
    ServiceExecutionRole: configuration.role,
    ApplicationStatus: record.status,
    ApplicationVersionId: version.id,
    CreateTimestamp: seconds(record.createdAt),
    LastUpdateTimestamp: seconds(record.updatedAt),
    ApplicationConfigurationDescription: describeConfiguration(configuration, record.run, jobPlan),
    ...(configuration.logging.length === 0
      ? {}
      : { CloudWatchLoggingOptionDescriptions: describeLogging(configuration) }),
    ...(version.updatedFrom === null ? {} : { ApplicationVersionUpdatedFrom: version.updatedFrom }),
    ...(rolledBack === null
      ? {}
      : { ApplicationVersionRolledBackFrom: rolledBack.from, ApplicationVersionRolledBackTo: rolledBack.to }),
    ApplicationVersionCreateTimestamp: seconds(version.createdAt),
    ConditionalToken: conditionalToken(record),
    ...(record.mode === null ? {} : { ApplicationMode: record.mode }),
  };
}

function describeConfiguration(
  configuration: Configuration,
  run: RunConfiguration | null,
  jobPlan: string | undefined,
): object {
  const { code, flink, properties, snapshotsEnabled, rollbackEnabled, encryption } = configuration;
  return {
    ...(code === null ? {} : { ApplicationCodeConfigurationDescription: describeCode(code) }),
    ...(run === null ? {} : { RunConfigurationDescription: describeRun(run) }),
    FlinkApplicationConfigurationDescription: {
      ...Object.fromEntries(
        Object.entries(flink).map(([name, block]) => [
          `${name}Description`,
          'Parallelism' in block ? { ...block, CurrentParallelism: block.Parallelism } : block,
        ]),
      ),
      ...(jobPlan === undefined ? {} : { JobPlanDescription: jobPlan }),
    },
    ...(properties.length === 0
      ? {}
      : { EnvironmentPropertyDescriptions: { PropertyGroupDescriptions: properties.map(describeGroup) } }),
    ApplicationSnapshotConfigurationDescription: { SnapshotsEnabled: snapshotsEnabled },
    ...(rollbackEnabled === null
      ? {}
      : { ApplicationSystemRollbackConfigurationDescription: { RollbackEnabled: rollbackEnabled } }),
    ...(encryption === null
      ? {}
      : {
          ApplicationEncryptionConfigurationDescription: {
            KeyType: encryption.keyType,
            ...(encryption.keyId === null ? {} : { KeyId: encryption.keyId }),
          },
        }),
  };
}

function describeCode(code: ApplicationCode): object {
  return {
    CodeContentType: 'ZIPFILE',
    CodeContentDescription:
      'md5' in code
        ? { CodeMD5: code.md5, CodeSize: code.size }
        : {
            S3ApplicationCodeLocationDescription: {
              BucketARN: code.bucketArn,
              FileKey: code.fileKey,
              ...(code.objectVersion === null ? {} : { ObjectVersion: code.objectVersion }),
            },
          },
  };
}

function describeRun({ restoreType, snapshotName, allowNonRestoredState }: RunConfiguration): object {
  return {
    ApplicationRestoreConfigurationDescription: {
      ApplicationRestoreType: restoreType,
      ...(snapshotName === null ? {} : { SnapshotName: snapshotName }),
    },
    FlinkRunConfigurationDescription: { AllowNonRestoredState: allowNonRestoredState },
  };
}

function describeGroup({ id, values }: PropertyGroup): object {
  return { PropertyGroupId: id, PropertyMap: values };
}

/** As the answers of the operations on logging options list them, too. */
export function describeLogging({ logging }: Configuration): object[] {
  return logging.map(({ id, logStreamArn }) => ({
    CloudWatchLoggingOptionId: id,
    LogStreamARN: logStreamArn,
  }));
}

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ApplicationSummary.html */
export function summarizeApplication(record: ApplicationRecord): object {
  const { id, configuration } = currentVersion(record);
  return {
    ApplicationName: record.name,
    ApplicationARN: record.arn,
    ApplicationStatus: record.status,
    ApplicationVersionId: id,
    RuntimeEnvironment: configuration.runtime,
    ...(record.mode === null ? {} : { ApplicationMode: record.mode }),
  };
}

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ApplicationOperationInfo.html */
export function summarizeOperation(operation: OperationRecord): object {
  return {
    Operation: operation.operation,
    OperationId: operation.id,
    StartTime: seconds(operation.startedAt),
    ...(operation.endedAt === null ? {} : { EndTime: seconds(operation.endedAt) }),
    OperationStatus: operation.status,
  };
}

/** Characters of a failure's text, at most. */
const LONGEST_ERROR = 512;

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ApplicationOperationInfoDetails.html */
export function describeOperation(operation: OperationRecord): object {
  const { versions, error } = operation;
  const { OperationId: _, ...summary } = summarizeOperation(operation) as { readonly OperationId: string };
  return {
    ...summary,
    ...(versions === null
      ? {}
      : {
          ApplicationVersionChangeDetails: {
            ApplicationVersionUpdatedFrom: versions.from,
            ApplicationVersionUpdatedTo: versions.to,
          },
        }),
    ...(error === null
      ? {}
      : { OperationFailureDetails: { ErrorInfo: { ErrorString: error.slice(0, LONGEST_ERROR) } } }),
  };
}

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_SnapshotDetails.html */
export function describeSnapshot({ name, version, runtime, createdAt }: Snapshot): object {
  return {
    SnapshotName: name,
    SnapshotStatus: 'READY',
    ApplicationVersionId: version,
    SnapshotCreationTimestamp: seconds(createdAt),
    RuntimeEnvironment: runtime,
  };
}
