import type {
  ApplicationConfigurationUpdate,
  ApplicationDetail,
  PropertyGroup,
  RuntimeEnvironment,
} from '@aws-sdk/client-kinesis-analytics-v2';

/** What an update changes; what is undefined stays. */
export interface Changes {
  /** An object of S3 that holds the Jar. */
  readonly code?: { readonly bucket: string; readonly key: string; readonly version?: string | undefined };
  readonly parallelism?: number;
  readonly runtime?: RuntimeEnvironment;
  readonly properties?: readonly { readonly group: string; readonly key: string; readonly value: string }[];
  /** Whether state of the snapshot that the job has no use for any more may be left. */
  readonly allowNonRestoredState?: boolean;
}

/** The part of an UpdateApplication request that says what changes. */
export interface ConfigurationUpdate {
  readonly RuntimeEnvironmentUpdate?: RuntimeEnvironment;
  readonly ApplicationConfigurationUpdate?: ApplicationConfigurationUpdate;
}

/** @param detail the application as it is: an update replaces all property groups, so that the others must be given again */
export function configurationUpdate(detail: ApplicationDetail, changes: Changes): ConfigurationUpdate {
  const { code, parallelism, properties, runtime } = changes;
  const update: ApplicationConfigurationUpdate = {
    ...(code === undefined
      ? {}
      : {
          ApplicationCodeConfigurationUpdate: {
            CodeContentUpdate: {
              S3ContentLocationUpdate: {
                BucketARNUpdate: `arn:${partitionOf(detail)}:s3:::${code.bucket}`,
                FileKeyUpdate: code.key,
                ...(code.version === undefined ? {} : { ObjectVersionUpdate: code.version }),
              },
            },
          },
        }),
    ...(parallelism === undefined
      ? {}
      : {
          FlinkApplicationConfigurationUpdate: {
            ParallelismConfigurationUpdate: {
              ConfigurationTypeUpdate: 'CUSTOM',
              ParallelismUpdate: parallelism,
            },
          },
        }),
    ...(properties === undefined
      ? {}
      : { EnvironmentPropertyUpdates: { PropertyGroups: merged(groupsOf(detail), properties) } }),
  };
  return {
    ...(runtime === undefined ? {} : { RuntimeEnvironmentUpdate: runtime }),
    ...(Object.keys(update).length === 0 ? {} : { ApplicationConfigurationUpdate: update }),
  };
}

/** `aws-cn` in China: the ARN of a bucket begins as that of the application. */
function partitionOf(detail: ApplicationDetail): string {
  return detail.ApplicationARN?.split(':')[1] ?? 'aws';
}

/** Property groups as they are. */
export function groupsOf(detail: ApplicationDetail): PropertyGroup[] {
  return (
    detail.ApplicationConfigurationDescription?.EnvironmentPropertyDescriptions?.PropertyGroupDescriptions ??
    []
  );
}

function merged(
  groups: readonly PropertyGroup[],
  properties: readonly { readonly group: string; readonly key: string; readonly value: string }[],
): PropertyGroup[] {
  const after = new Map(groups.map((group) => [group.PropertyGroupId ?? '', { ...group.PropertyMap }]));
  for (const { group, key, value } of properties) after.set(group, { ...after.get(group), [key]: value });
  return [...after].map(([id, values]) => ({ PropertyGroupId: id, PropertyMap: values }));
}
