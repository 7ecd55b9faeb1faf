import type {
  ApplicationConfigurationUpdate,
  ApplicationDetail,
  CodeContentDescription,
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

/** One thing that an update changes, in words; `before` is undefined for what was not there. */
export interface Difference {
  readonly what: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** What an update would change of an application; what is as it is asked to be already is left out. */
export function differences(detail: ApplicationDetail, changes: Changes): Difference[] {
  const { code, parallelism, properties = [], runtime } = changes;
  const configuration = detail.ApplicationConfigurationDescription ?? {};
  const { CodeContentDescription: content } = configuration.ApplicationCodeConfigurationDescription ?? {};
  const { ParallelismConfigurationDescription: slots } =
    configuration.FlinkApplicationConfigurationDescription ?? {};
  const groups = new Map(groupsOf(detail).map((group) => [group.PropertyGroupId, group.PropertyMap ?? {}]));
  const all: {
    readonly what: string;
    readonly before: string | undefined;
    readonly after: string | undefined;
  }[] = [
    { what: 'runtime', before: detail.RuntimeEnvironment, after: runtime },
    { what: 'parallelism', before: slots?.Parallelism?.toString(), after: parallelism?.toString() },
    ...properties.map(({ group, key, value }) => ({
      what: `${group}.${key}`,
      before: groups.get(group)?.[key],
      after: value,
    })),
  ];
  const changed = all.flatMap(({ what, before, after }) =>
    after === undefined || after === before ? [] : [{ what, before, after }],
  );
  if (code === undefined) return changed;
  // The object may be another under the same key: code always counts as changed.
  return [{ what: 'code', before: codePlace(content), after: `s3://${code.bucket}/${code.key}` }, ...changed];
}

/** Where code is, for a person; undefined for code that came with a request. */
export function codePlace(content: CodeContentDescription | undefined): string | undefined {
  const { S3ApplicationCodeLocationDescription: place } = content ?? {};
  if (place === undefined) return undefined;
  const version = place.ObjectVersion === undefined ? '' : `, version ${place.ObjectVersion}`;
  return `s3://${place.BucketARN?.split(':::')[1] ?? place.BucketARN}/${place.FileKey}${version}`;
}
