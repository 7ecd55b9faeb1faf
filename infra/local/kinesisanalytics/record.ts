import { hash } from 'node:crypto';
import type { PropertyGroup } from './engine.ts';

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ApplicationDetail.html; AUTOSCALING, MAINTENANCE and ROLLED_BACK never happen here. */
export type ApplicationStatus =
  | 'READY'
  | 'STARTING'
  | 'RUNNING'
  | 'UPDATING'
  | 'ROLLING_BACK'
  | 'STOPPING'
  | 'FORCE_STOPPING'
  | 'DELETING';

export type OperationStatus = 'IN_PROGRESS' | 'SUCCESSFUL' | 'FAILED' | 'CANCELLED';

/** Where the application's code is. Of a code that came with the request, only these figures are kept. */
export type ApplicationCode =
  | { readonly bucketArn: string; readonly fileKey: string; readonly objectVersion: string | null }
  | { readonly md5: string; readonly size: number };

/** One of the three blocks of settings of Flink: `ConfigurationType`, and the values that are in force. */
export type FlinkBlock = Readonly<Record<string, string | number | boolean>>;

/** What an application is configured to be: what a version of it keeps. */
export interface Configuration {
  readonly runtime: string;
  readonly role: string;
  readonly code: ApplicationCode | null;
  /** By the block's name: `CheckpointConfiguration`. */
  readonly flink: Readonly<Record<string, FlinkBlock>>;
  readonly properties: readonly PropertyGroup[];
  readonly snapshotsEnabled: boolean;
  /** Null where none was asked for. */
  readonly rollbackEnabled: boolean | null;
  readonly encryption: { readonly keyType: string; readonly keyId: string | null } | null;
  readonly logging: readonly { readonly id: string; readonly logStreamArn: string }[];
}

export interface Version {
  /** From 1. */
  readonly id: number;
  readonly configuration: Configuration;
  /** Milliseconds since the epoch, as are all times here. */
  readonly createdAt: number;
  /** The version before; null of the first one. */
  readonly updatedFrom: number | null;
  /** Of a version that a rollback made. */
  readonly rolledBack: { readonly from: number; readonly to: number } | null;
}

export interface OperationRecord {
  readonly id: string;
  /** Rises from one to the next. */
  readonly sequence: number;
  /** `StartApplication` */
  readonly operation: string;
  readonly status: OperationStatus;
  readonly startedAt: number;
  /** Null while it is in progress. */
  readonly endedAt: number | null;
  /** Of one that failed: why. */
  readonly error: string | null;
  readonly versions: { readonly from: number; readonly to: number } | null;
}

export interface Snapshot {
  readonly name: string;
  /** Rises from one to the next. */
  readonly sequence: number;
  readonly version: number;
  readonly runtime: string;
  readonly createdAt: number;
}

/** As it was started last. */
export interface RunConfiguration {
  readonly restoreType: string;
  readonly snapshotName: string | null;
  readonly allowNonRestoredState: boolean;
}

/** All that is kept of an application. Times are whole seconds, in milliseconds: every client gives them back exactly. */
export interface ApplicationRecord {
  readonly name: string;
  readonly arn: string;
  readonly description: string | null;
  readonly mode: string | null;
  readonly status: ApplicationStatus;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Oldest first; the last one is current. */
  readonly versions: readonly Version[];
  /** Oldest first. */
  readonly operations: readonly OperationRecord[];
  /** Oldest first. */
  readonly snapshots: readonly Snapshot[];
  readonly tags: readonly (readonly [string, string])[];
  /** Null before the first start. */
  readonly run: RunConfiguration | null;
  /** True until an application that is to start without its state has started. */
  readonly fresh: boolean;
  /** Logging options made so far, for their ids. */
  readonly loggingOptions: number;
}

/** Operations that are remembered of each application: the latest ones. AWS does not say how many it remembers. */
const MOST_OPERATIONS = 100;

/** @returns the record with a further operation */
export function withOperation(
  record: ApplicationRecord,
  operation: Omit<OperationRecord, 'sequence'>,
): ApplicationRecord {
  const next = { ...operation, sequence: nextSequence(record.operations) };
  return { ...record, operations: [...record.operations, next].slice(-MOST_OPERATIONS) };
}

/** @param all oldest first */
export function nextSequence(all: readonly { readonly sequence: number }[]): number {
  return (all.at(-1)?.sequence ?? 0) + 1;
}

/** @returns the record with another version as its current one */
export function withVersion(
  record: ApplicationRecord,
  configuration: Configuration,
  createdAt: number,
  rolledBack: Version['rolledBack'] = null,
): ApplicationRecord {
  const before = currentVersion(record).id;
  const version = { id: before + 1, configuration, createdAt, updatedFrom: before, rolledBack };
  return { ...record, versions: [...record.versions, version], updatedAt: createdAt };
}

/**
 * By which a client says which configuration it saw: another for each version of each application.
 *
 * @returns 44 characters of base64
 */
export function conditionalToken(record: ApplicationRecord): string {
  const seen = [record.arn, record.createdAt, currentVersion(record).id].join('/');
  return hash('sha256', seen, 'base64');
}

export function currentVersion(record: ApplicationRecord): Version {
  return record.versions.at(-1)!;
}

/** A time as the API writes it. @param time milliseconds since the epoch */
export function seconds(time: number): number {
  return time / 1000;
}
