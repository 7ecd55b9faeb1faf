import type { ApplicationDetail, SnapshotDetails } from '@aws-sdk/client-kinesis-analytics-v2';
import type { ApplicationState, PastOperation } from '../../aggregation/control/control.ts';
import { codePlace, type Difference, groupsOf } from '../../aggregation/control/update.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { column, grouped } from '../terminal.ts';

/** Snapshots that are shown. */
const SNAPSHOTS_SHOWN = 3;

/** An application for a person. */
export function stateLines({ detail, snapshots, operations }: ApplicationState): string[] {
  const line = (label: string, text: string) => `${column(label, 12)} ${text}`;
  return [
    line(
      'Application',
      `${detail.ApplicationName}, ${detail.ApplicationStatus}, version ${detail.ApplicationVersionId}`,
    ),
    line('Runtime', [detail.RuntimeEnvironment, parallelismOf(detail)].filter(Boolean).join(', ')),
    line('Code', codeOf(detail)),
    line('Restored', restoreOf(detail)),
    ...groupsOf(detail).map(({ PropertyGroupId, PropertyMap = {} }) =>
      line(
        'Properties',
        `${PropertyGroupId}: ${Object.entries(PropertyMap)
          .map(([key, value]) => `${key}=${value}`)
          .join(', ')}`,
      ),
    ),
    ...(snapshots.length === 0
      ? [line('Snapshots', 'none')]
      : snapshots
          .slice(0, SNAPSHOTS_SHOWN)
          .map((snapshot, index) => line(index === 0 ? 'Snapshots' : '', snapshotLine(snapshot)))),
    ...(snapshots.length > SNAPSHOTS_SHOWN
      ? [line('', `and ${snapshots.length - SNAPSHOTS_SHOWN} older ones`)]
      : []),
    ...operations.map((operation, index) => line(index === 0 ? 'Operations' : '', operationLine(operation))),
  ];
}

/** The same for a machine. */
export function stateObject({ detail, snapshots, operations }: ApplicationState): object {
  const code = detail.ApplicationConfigurationDescription?.ApplicationCodeConfigurationDescription;
  return {
    name: detail.ApplicationName,
    status: detail.ApplicationStatus,
    version: detail.ApplicationVersionId,
    runtime: detail.RuntimeEnvironment,
    parallelism: parallelism(detail) ?? null,
    code: code?.CodeContentDescription ?? null,
    restore: restoreConfiguration(detail) ?? null,
    properties: Object.fromEntries(
      groupsOf(detail).map((group) => [group.PropertyGroupId, group.PropertyMap]),
    ),
    snapshots: snapshots.map(snapshotObject),
    operations: operations.map((operation) => ({
      id: operation.OperationId,
      operation: operation.Operation,
      status: operation.OperationStatus,
      started: operation.StartTime,
      ended: operation.EndTime,
      ...(operation.reason === undefined ? {} : { reason: operation.reason }),
    })),
  };
}

export function snapshotLine(snapshot: SnapshotDetails): string {
  const { SnapshotName, SnapshotStatus, ApplicationVersionId, SnapshotCreationTimestamp } = snapshot;
  return `${SnapshotName}, ${SnapshotStatus}, of version ${ApplicationVersionId}, ${timeOf(SnapshotCreationTimestamp)}`;
}

export function snapshotObject(snapshot: SnapshotDetails): object {
  return {
    name: snapshot.SnapshotName,
    status: snapshot.SnapshotStatus,
    version: snapshot.ApplicationVersionId,
    created: snapshot.SnapshotCreationTimestamp,
  };
}

/** What an update would change, a line each. */
export function differenceLines(differences: readonly Difference[]): string[] {
  if (differences.length === 0) return ['nothing would change'];
  return differences.map(({ what, before, after }) => `${what}: ${before ?? 'none'} -> ${after}`);
}

function operationLine({ Operation, OperationStatus, StartTime, EndTime, reason }: PastOperation): string {
  const took =
    StartTime === undefined || EndTime === undefined
      ? ''
      : `, took ${((EndTime.getTime() - StartTime.getTime()) / 1000).toFixed(1)} s`;
  const why = reason === undefined ? '' : `: ${reason}`;
  return `${Operation} ${OperationStatus}, ${timeOf(StartTime)}${took}${why}`;
}

function timeOf(time: Date | undefined): string {
  return time === undefined ? 'at no known time' : `${formatStatusTime(time.getTime()).slice(0, 19)} UTC`;
}

function parallelism(detail: ApplicationDetail) {
  const { ParallelismConfigurationDescription: described } =
    detail.ApplicationConfigurationDescription?.FlinkApplicationConfigurationDescription ?? {};
  return described?.CurrentParallelism ?? described?.Parallelism;
}

function parallelismOf(detail: ApplicationDetail): string | undefined {
  const slots = parallelism(detail);
  return slots === undefined ? undefined : `parallelism ${slots}`;
}

function codeOf(detail: ApplicationDetail): string {
  const { CodeContentDescription: content } =
    detail.ApplicationConfigurationDescription?.ApplicationCodeConfigurationDescription ?? {};
  const { CodeMD5: md5, CodeSize: size } = content ?? {};
  const parts = [
    codePlace(content),
    size === undefined ? undefined : `${grouped(size)} bytes`,
    md5 === undefined ? undefined : `MD5 ${md5}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function restoreConfiguration(detail: ApplicationDetail) {
  return detail.ApplicationConfigurationDescription?.RunConfigurationDescription
    ?.ApplicationRestoreConfigurationDescription;
}

function restoreOf(detail: ApplicationDetail): string {
  const { ApplicationRestoreType: type, SnapshotName: name } = restoreConfiguration(detail) ?? {};
  switch (type) {
    case 'RESTORE_FROM_LATEST_SNAPSHOT':
      return 'from its latest snapshot';
    case 'RESTORE_FROM_CUSTOM_SNAPSHOT':
      return `from the snapshot ${name}`;
    case 'SKIP_RESTORE_FROM_SNAPSHOT':
      return 'from nothing';
    default:
      return 'it was never started';
  }
}
