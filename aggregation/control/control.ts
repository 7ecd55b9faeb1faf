import {
  type ApplicationDetail,
  type ApplicationOperationInfo,
  type ApplicationRestoreConfiguration,
  CreateApplicationSnapshotCommand,
  DeleteApplicationSnapshotCommand,
  DescribeApplicationCommand,
  DescribeApplicationOperationCommand,
  DescribeApplicationSnapshotCommand,
  type KinesisAnalyticsV2Client,
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
  readonly operations: readonly ApplicationOperationInfo[];
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
      this.#ask(() =>
        this.#client.send(
          new ListApplicationOperationsCommand({ ApplicationName: this.#name, Limit: OPERATIONS_SHOWN }),
        ),
      ),
    ]);
    return { detail, snapshots, operations: operations.ApplicationOperationInfoList ?? [] };
  }

  /**
   * @param allowNonRestoredState whether state of the snapshot that the job has no use for any more may be left
   * @returns its state; undefined if nobody waited
   */
  async start(origin: Origin, allowNonRestoredState: boolean): Promise<ApplicationDetail | undefined> {
    const { ApplicationStatus: status } = await this.#detail();
    if (status === 'RUNNING') throw already(this.#name, 'runs');
    this.#insist('start', status, ['READY']);
    const answer = await this.#ask(() =>
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
    return this.#until(answer.OperationId, 'RUNNING');
  }

  /** @param force without a snapshot, from any state in which it may run */
  async stop(force: boolean): Promise<ApplicationDetail | undefined> {
    const { ApplicationStatus: status } = await this.#detail();
    if (status === 'READY') throw already(this.#name, 'is stopped');
    const allowed = force ? FORCIBLE : ['RUNNING'];
    this.#insist('stop', status, allowed);
    const answer = await this.#ask(() =>
      this.#client.send(
        new StopApplicationCommand({ ApplicationName: this.#name, ...(force ? { Force: true } : {}) }),
      ),
    );
    return this.#until(answer.OperationId, 'READY');
  }

  /** Gives it another version. One that runs is started anew, from a snapshot that the service takes first. */
  async update(changes: Changes): Promise<ApplicationDetail | undefined> {
    const detail = await this.#detail();
    this.#insist('update', detail.ApplicationStatus, ['READY', 'RUNNING']);
    const running = detail.ApplicationStatus === 'RUNNING';
    const answer = await this.#ask(() =>
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
    return this.#until(answer.OperationId, running ? 'RUNNING' : 'READY');
  }

  /** Goes back to the version before the latest update. */
  async rollback(): Promise<ApplicationDetail | undefined> {
    const detail = await this.#detail();
    this.#insist('rollback', detail.ApplicationStatus, ['UPDATING', 'RUNNING']);
    const answer = await this.#ask(() =>
      this.#client.send(
        new RollbackApplicationCommand({
          ApplicationName: this.#name,
          CurrentApplicationVersionId: detail.ApplicationVersionId,
        }),
      ),
    );
    return this.#until(answer.OperationId, 'RUNNING');
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
    this.#insist('snapshot', (await this.#detail()).ApplicationStatus, ['RUNNING']);
    await this.#ask(() => this.#client.send(new CreateApplicationSnapshotCommand(of)));
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

  async #detail(): Promise<ApplicationDetail> {
    const answer = await this.#ask(() =>
      this.#client.send(new DescribeApplicationCommand({ ApplicationName: this.#name })),
    );
    return answer.ApplicationDetail!;
  }

  /** Waits for an operation and the state that it leads to. */
  async #until(operationId: string | undefined, wanted: string): Promise<ApplicationDetail | undefined> {
    return waitFor(async () => {
      const detail = await this.#detail();
      const state = detail.ApplicationStatus ?? 'UNKNOWN';
      if (operationId === undefined) return { state, result: state === wanted ? detail : undefined };
      const answer = await this.#ask(() =>
        this.#client.send(
          new DescribeApplicationOperationCommand({
            ApplicationName: this.#name,
            OperationId: operationId,
          }),
        ),
      );
      const {
        OperationStatus: status,
        Operation: operation,
        OperationFailureDetails: failure,
      } = answer.ApplicationOperationInfoDetails ?? {};
      if (status === 'FAILED' || status === 'CANCELLED') {
        const reason = failure?.ErrorInfo?.ErrorString;
        throw new WildRydesError(
          'UNREACHABLE',
          `${operation ?? 'the operation'} ${status === 'FAILED' ? 'failed' : 'was cancelled'}, the application is ${state}` +
            `${reason === undefined ? '' : `: ${reason}`}`,
          {
            next: `What the job said is in its log: ./wildrydes aggregation logs${
              failure?.RollbackOperationId === undefined
                ? ''
                : '. The service rolls the update back by itself.'
            }`,
          },
        );
      }
      // A state comes a moment after its operation, or before it.
      return { state, result: status === 'SUCCESSFUL' && state === wanted ? detail : undefined };
    }, this.#waiting);
  }

  #insist(what: string, status: string | undefined, allowed: readonly string[]): void {
    if (status !== undefined && allowed.includes(status)) return;
    const passing = status !== undefined && !['READY', 'RUNNING'].includes(status);
    throw new WildRydesError(
      'USAGE',
      `${what} takes an application that is ${allowed.join(' or ')}; ${this.#name} is ${status}`,
      {
        next: passing
          ? 'Wait until it has settled: ./wildrydes aggregation status. What hangs is ended by ./wildrydes aggregation stop --force'
          : `./wildrydes aggregation ${status === 'READY' ? 'start' : 'stop'} brings it there`,
      },
    );
  }

  async #ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw explain(error, this.#name);
    }
  }
}

/** States that a stop by force ends. Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_StopApplication.html */
const FORCIBLE = ['STARTING', 'RUNNING', 'UPDATING', 'STOPPING', 'AUTOSCALING'];

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
