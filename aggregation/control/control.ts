import {
  type ApplicationDetail,
  type ApplicationOperationInfo,
  type ApplicationOperationInfoDetails,
  type ApplicationRestoreConfiguration,
  CreateApplicationSnapshotCommand,
  DeleteApplicationSnapshotCommand,
  DescribeApplicationCommand,
  DescribeApplicationOperationCommand,
  DescribeApplicationSnapshotCommand,
  type KinesisAnalyticsV2Client,
  type KinesisAnalyticsV2ServiceException,
  ListApplicationOperationsCommand,
  paginateListApplicationSnapshots,
  RollbackApplicationCommand,
  type SnapshotDetails,
  StartApplicationCommand,
  StopApplicationCommand,
  UpdateApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { WildRydesError } from '../../telemetry/errors.ts';
import { explain } from './failure.ts';
import { lookAt } from './operation.ts';
import { insist } from './states.ts';
import { type Changes, configurationUpdate } from './update.ts';
import { type Waiting, waitFor } from './waiting.ts';

/** Where a start goes on from. */
export type Origin =
  | { readonly from: 'latest' }
  | { readonly from: 'snapshot'; readonly name: string }
  | { readonly from: 'nothing' };

/** What is known of an application. */
export interface ApplicationState {
  readonly detail: ApplicationDetail;
  /** The latest first. */
  readonly snapshots: readonly SnapshotDetails[];
  /** The latest first: what was done to it, and what it came to. */
  readonly operations: readonly PastOperation[];
}

/** Something that was done to an application. */
export interface PastOperation extends ApplicationOperationInfo {
  /** Why it failed, in the service's words. */
  readonly reason?: string | undefined;
}

/** Operations that a status tells of. */
const OPERATIONS_SHOWN = 5;

/**
 * Starts, stops and changes one application of Managed Service for Apache Flink. What takes its time is waited for,
 * through the operation that the service has made of it: its own reason is told when it fails.
 *
 * Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_Operations.html
 *
 * All throw WildRydesError NOT_FOUND for no such application, UNREACHABLE for one that fails or cannot be asked, USAGE
 * for what its state does not allow.
 */
export class ApplicationControl {
  readonly #client: KinesisAnalyticsV2Client;
  readonly #name: string;
  readonly #waiting: Waiting;

  constructor(client: KinesisAnalyticsV2Client, name: string, waiting: Waiting) {
    this.#client = client;
    this.#name = name;
    this.#waiting = waiting;
  }

  /** What is to be known of it. */
  async state(): Promise<ApplicationState> {
    const [detail, snapshots, operations] = await Promise.all([
      this.#detail(),
      this.snapshots(),
      this.#operations(OPERATIONS_SHOWN),
    ]);
    return {
      detail,
      snapshots,
      operations: await Promise.all(operations.map((each) => this.#explained(each))),
    };
  }

  /** The list of operations tells which failed, but not why. */
  async #explained(operation: ApplicationOperationInfo): Promise<PastOperation> {
    if (operation.OperationStatus !== 'FAILED' || operation.OperationId === undefined) return operation;
    const details = await this.#operation(operation.OperationId);
    return { ...operation, reason: details?.OperationFailureDetails?.ErrorInfo?.ErrorString };
  }

  /** How it is configured. */
  configured(): Promise<ApplicationDetail> {
    return this.#detail();
  }

  /**
   * @param allowNonRestoredState whether state of the snapshot that the job has no use for any more may be left
   * @returns its state; undefined if nobody waited
   */
  async start(origin: Origin, allowNonRestoredState: boolean): Promise<ApplicationDetail | undefined> {
    const status = await this.#status();
    if (status === 'RUNNING') throw already(this.#name, 'runs');
    insist('start', this.#name, status);
    const operation = await this.#begin('StartApplication', () =>
      this.#client.send(
        new StartApplicationCommand({
          ApplicationName: this.#name,
          RunConfiguration: {
            ApplicationRestoreConfiguration: restoreFrom(origin),
            FlinkRunConfiguration: { AllowNonRestoredState: allowNonRestoredState },
          },
        }),
      ),
    );
    return this.#until(operation, 'RUNNING');
  }

  /** @param force without a snapshot, and also what starts, stops or changes without an end */
  async stop(force: boolean): Promise<ApplicationDetail | undefined> {
    const status = await this.#status();
    if (status === 'READY') throw already(this.#name, 'is stopped');
    insist(force ? 'force' : 'stop', this.#name, status);
    const operation = await this.#begin('StopApplication', () =>
      this.#client.send(
        new StopApplicationCommand({ ApplicationName: this.#name, ...(force ? { Force: true } : {}) }),
      ),
    );
    return this.#until(operation, 'READY');
  }

  /**
   * Gives it another version. One that runs is started anew, from a snapshot that the service takes first. Should
   * somebody else change it in the same moment, the changes are made once more, of what it is then.
   */
  async update(changes: Changes): Promise<ApplicationDetail | undefined> {
    try {
      return await this.#update(changes);
    } catch (error) {
      const { name } = ((error as Error).cause ?? {}) as Partial<Error>;
      if (name !== 'ConcurrentModificationException') throw error;
      return this.#update(changes);
    }
  }

  async #update(changes: Changes): Promise<ApplicationDetail | undefined> {
    const detail = await this.#detail();
    const { ApplicationStatus: status = 'UNKNOWN' } = detail;
    insist('update', this.#name, status);
    const running = status === 'RUNNING';
    const operation = await this.#begin('UpdateApplication', () =>
      this.#client.send(
        new UpdateApplicationCommand({
          ApplicationName: this.#name,
          ...(detail.ConditionalToken === undefined
            ? { CurrentApplicationVersionId: detail.ApplicationVersionId }
            : { ConditionalToken: detail.ConditionalToken }),
          ...configurationUpdate(detail, changes),
          ...(running && changes.allowNonRestoredState
            ? { RunConfigurationUpdate: { FlinkRunConfiguration: { AllowNonRestoredState: true } } }
            : {}),
        }),
      ),
    );
    return this.#until(operation, running ? 'RUNNING' : 'READY');
  }

  /**
   * Goes back to the version before the latest update. Not tried again when somebody changes it in the same moment: the
   * version before that would be another one than what was asked for.
   */
  async rollback(): Promise<ApplicationDetail | undefined> {
    const detail = await this.#detail();
    insist('rollback', this.#name, detail.ApplicationStatus ?? 'UNKNOWN');
    const operation = await this.#begin('RollbackApplication', () =>
      this.#client.send(
        new RollbackApplicationCommand({
          ApplicationName: this.#name,
          CurrentApplicationVersionId: detail.ApplicationVersionId,
        }),
      ),
    );
    return this.#until(operation, 'RUNNING');
  }

  /** The latest first. */
  async snapshots(): Promise<SnapshotDetails[]> {
    return this.#ask(async () => {
      const snapshots: SnapshotDetails[] = [];
      const pages = paginateListApplicationSnapshots(
        { client: this.#client },
        { ApplicationName: this.#name },
      );
      for await (const page of pages) snapshots.push(...(page.SnapshotSummaries ?? []));
      const time = (snapshot: SnapshotDetails) => snapshot.SnapshotCreationTimestamp?.getTime() ?? 0;
      return snapshots.sort((a, b) => time(b) - time(a));
    });
  }

  /** @returns the snapshot once it can be started from; undefined if nobody waited */
  async createSnapshot(snapshot: string): Promise<SnapshotDetails | undefined> {
    const of = { ApplicationName: this.#name, SnapshotName: snapshot };
    insist('snapshot', this.#name, await this.#status());
    try {
      await this.#client.send(new CreateApplicationSnapshotCommand(of));
    } catch (error) {
      if (!isEcho(error)) throw explain(error, this.#name, 'CreateApplicationSnapshot');
    }
    return waitFor(async () => {
      const answer = await this.#ask(() => this.#client.send(new DescribeApplicationSnapshotCommand(of)));
      const { SnapshotStatus: state = 'CREATING' } = answer.SnapshotDetails ?? {};
      if (state === 'FAILED') {
        throw new WildRydesError('UNREACHABLE', `the snapshot ${snapshot} failed`, {
          next: 'The reason is in the log: ./wildrydes aggregation logs',
        });
      }
      return { state, result: state === 'READY' ? answer.SnapshotDetails : undefined };
    }, this.#waiting);
  }

  /** @throws WildRydesError NOT_FOUND when there is no such snapshot */
  async deleteSnapshot(snapshot: string): Promise<void> {
    const found = (await this.snapshots()).find(({ SnapshotName }) => SnapshotName === snapshot);
    if (found === undefined) {
      throw new WildRydesError('NOT_FOUND', `application ${this.#name} has no snapshot ${snapshot}`, {
        next: 'See which there are with ./wildrydes aggregation snapshot list',
      });
    }
    await this.#ask(() =>
      this.#client.send(
        new DeleteApplicationSnapshotCommand({
          ApplicationName: this.#name,
          SnapshotName: snapshot,
          SnapshotCreationTimestamp: found.SnapshotCreationTimestamp,
        }),
      ),
    );
  }

  async #status(): Promise<string> {
    return (await this.#detail()).ApplicationStatus ?? 'UNKNOWN';
  }

  async #detail(): Promise<ApplicationDetail> {
    const answer = await this.#ask(() =>
      this.#client.send(new DescribeApplicationCommand({ ApplicationName: this.#name })),
    );
    return answer.ApplicationDetail!;
  }

  /**
   * Begins something that the service makes an operation of. The SDK asks again when an answer is lost on its way: the
   * second answer is then that something is being done already, which is what the first request began.
   *
   * @returns the operation's id; undefined where the service has made none
   */
  async #begin(
    operation: string,
    call: () => Promise<{ OperationId?: string | undefined }>,
  ): Promise<string | undefined> {
    try {
      return (await call()).OperationId;
    } catch (error) {
      const latest = isEcho(error) ? (await this.#operations(1))[0] : undefined;
      if (latest?.Operation === operation) return latest.OperationId;
      throw explain(error, this.#name, operation);
    }
  }

  /** Waits for an operation and the state that it leads to. */
  async #until(operationId: string | undefined, wanted: string): Promise<ApplicationDetail | undefined> {
    return waitFor(async () => {
      const detail = await this.#detail();
      const operation = operationId === undefined ? undefined : await this.#operation(operationId);
      return lookAt(detail, operation, wanted);
    }, this.#waiting);
  }

  async #operations(most: number): Promise<ApplicationOperationInfo[]> {
    const answer = await this.#ask(() =>
      this.#client.send(new ListApplicationOperationsCommand({ ApplicationName: this.#name, Limit: most })),
    );
    return answer.ApplicationOperationInfoList ?? [];
  }

  async #operation(operationId: string): Promise<ApplicationOperationInfoDetails | undefined> {
    const answer = await this.#ask(() =>
      this.#client.send(
        new DescribeApplicationOperationCommand({ ApplicationName: this.#name, OperationId: operationId }),
      ),
    );
    return answer.ApplicationOperationInfoDetails;
  }

  async #ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw explain(error, this.#name);
    }
  }
}

/** Whether a request found what the same request had begun, before its answer was lost. */
function isEcho(error: unknown): boolean {
  const { name, $metadata: { attempts = 1 } = {} } = error as Partial<KinesisAnalyticsV2ServiceException>;
  return attempts > 1 && (name === 'ResourceInUseException' || name === 'ConcurrentModificationException');
}

/** Nothing is to be done, which is no failure. */
export class AlreadyThere extends Error {}

function already(name: string, what: string): AlreadyThere {
  return new AlreadyThere(`application ${name} ${what} already`);
}

function restoreFrom(origin: Origin): ApplicationRestoreConfiguration {
  switch (origin.from) {
    case 'latest':
      return { ApplicationRestoreType: 'RESTORE_FROM_LATEST_SNAPSHOT' };
    case 'snapshot':
      return { ApplicationRestoreType: 'RESTORE_FROM_CUSTOM_SNAPSHOT', SnapshotName: origin.name };
    case 'nothing':
      return { ApplicationRestoreType: 'SKIP_RESTORE_FROM_SNAPSHOT' };
  }
}
