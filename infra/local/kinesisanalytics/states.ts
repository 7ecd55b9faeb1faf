import { randomUUID } from 'node:crypto';
import { inUse } from './errors.ts';
import {
  type ApplicationRecord,
  type ApplicationStatus,
  currentVersion,
  nextSequence,
  type OperationRecord,
} from './record.ts';

/** States in which the engine is at work, or about to be. */
export const ACTIVE: readonly ApplicationStatus[] = ['STARTING', 'RUNNING', 'UPDATING', 'ROLLING_BACK'];

/** @throws AnalyticsError ResourceInUseException unless the application is in one of these states */
export function insistOnStatus(record: ApplicationRecord, allowed: readonly ApplicationStatus[]): void {
  if (!allowed.includes(record.status)) throw inUse(record.name, record.status, allowed);
}

/** The operation in progress: one at most, of those that change the state. */
export function openOperation(record: ApplicationRecord): OperationRecord | undefined {
  return record.operations.findLast(({ status }) => status === 'IN_PROGRESS');
}

/** The record with what was in progress ended. @param endedAt milliseconds since the epoch, as all times here */
export function cancelled(record: ApplicationRecord, endedAt: number): ApplicationRecord {
  return withOpenEnded(record, 'CANCELLED', endedAt);
}

/** The record as another process finds it: what ran is about to be started, and a stop is done, since nothing runs. */
export function settledAtOpening(record: ApplicationRecord, now: number): ApplicationRecord {
  if (record.status === 'RUNNING') return { ...record, status: 'STARTING' };
  if (record.status !== 'STOPPING' && record.status !== 'FORCE_STOPPING') return record;
  const stopped: ApplicationRecord = { ...withOpenEnded(record, 'SUCCESSFUL', now), status: 'READY' };
  return record.status === 'STOPPING' ? withOwnSnapshot(stopped, now) : stopped;
}

export function withSnapshot(record: ApplicationRecord, name: string, createdAt: number): ApplicationRecord {
  const { id, configuration } = currentVersion(record);
  const sequence = nextSequence(record.snapshots);
  const snapshot = { name, sequence, version: id, runtime: configuration.runtime, createdAt };
  return { ...record, snapshots: [...record.snapshots, snapshot] };
}

/** With a snapshot that the service takes itself, if the application is to have such. They know no limit, as on AWS. */
export function withOwnSnapshot(record: ApplicationRecord, createdAt: number): ApplicationRecord {
  if (!currentVersion(record).configuration.snapshotsEnabled) return record;
  return withSnapshot(record, randomUUID(), createdAt);
}

function withOpenEnded(
  record: ApplicationRecord,
  status: OperationRecord['status'],
  endedAt: number,
): ApplicationRecord {
  const operations = record.operations.map((operation) =>
    operation.status === 'IN_PROGRESS' ? { ...operation, status, endedAt } : operation,
  );
  return { ...record, operations };
}
