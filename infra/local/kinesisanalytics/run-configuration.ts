import type { Input, Rule, Shape } from '../protocol/validation.ts';
import { AnalyticsError, invalidArgument, notFound } from './errors.ts';
import type { ApplicationRecord, RunConfiguration } from './record.ts';
import { SNAPSHOT_NAME } from './shapes.ts';

/** How an application is started. Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_RunConfiguration.html */
export const RUN_CONFIGURATION = {
  FlinkRunConfiguration: { type: 'Structure', members: { AllowNonRestoredState: { type: 'Boolean' } } },
  ApplicationRestoreConfiguration: {
    type: 'Structure',
    members: {
      ApplicationRestoreType: {
        type: 'String',
        required: true,
        oneOf: ['SKIP_RESTORE_FROM_SNAPSHOT', 'RESTORE_FROM_LATEST_SNAPSHOT', 'RESTORE_FROM_CUSTOM_SNAPSHOT'],
      },
      SnapshotName: SNAPSHOT_NAME,
    },
  },
} as const satisfies Shape;

export const RUN = { type: 'Structure', members: RUN_CONFIGURATION } as const satisfies Rule;

/**
 * The record of an application that is to be started as it is asked for.
 *
 * @throws AnalyticsError InvalidArgumentException, ResourceNotFoundException, InvalidApplicationConfigurationException
 */
export function toBeStarted(
  record: ApplicationRecord,
  given: Input<typeof RUN_CONFIGURATION> | undefined,
): ApplicationRecord {
  const run = runConfigurationOf(record, given);
  return { ...record, run, fresh: run.restoreType === 'SKIP_RESTORE_FROM_SNAPSHOT' };
}

/**
 * How to start an application, with AWS's defaults where the request is silent. Of each application one state is kept,
 * its last: what asks for an older one is refused.
 *
 * @throws AnalyticsError InvalidArgumentException, ResourceNotFoundException for a snapshot that is not there,
 * InvalidApplicationConfigurationException for one whose state is not kept
 */
function runConfigurationOf(
  record: ApplicationRecord,
  given: Input<typeof RUN_CONFIGURATION> | undefined,
): RunConfiguration {
  const { ApplicationRestoreType: restoreType = 'RESTORE_FROM_LATEST_SNAPSHOT', SnapshotName: name } =
    given?.ApplicationRestoreConfiguration ?? {};
  if ((restoreType === 'RESTORE_FROM_CUSTOM_SNAPSHOT') !== (name !== undefined)) {
    throw invalidArgument(
      `A SnapshotName goes with RESTORE_FROM_CUSTOM_SNAPSHOT only (given ${restoreType}).`,
    );
  }
  if (name !== undefined && !record.snapshots.some((snapshot) => snapshot.name === name)) {
    throw notFound(`Snapshot ${name} of application ${record.name}`);
  }
  const latest = record.snapshots.at(-1)?.name;
  if (name !== undefined && name !== latest) {
    throw new AnalyticsError(
      'InvalidApplicationConfigurationException',
      `The local cloud keeps the latest state of an application only: that of snapshot ${latest} (given ${name}).`,
    );
  }
  return {
    restoreType,
    snapshotName: name ?? null,
    allowNonRestoredState: given?.FlinkRunConfiguration?.AllowNonRestoredState ?? false,
  };
}
