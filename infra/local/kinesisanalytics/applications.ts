import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../../telemetry/clock.ts';
import { LOCAL } from '../../../telemetry/topology.ts';
import { type Documents, openDocuments } from '../documents.ts';
import { newConfiguration } from './configuration.ts';
import type { AnalyticsEngine } from './engine.ts';
import { notFound } from './errors.ts';
import {
  type ApplicationRecord,
  type ApplicationStatus,
  type Configuration,
  currentVersion,
  type OperationRecord,
  type RunConfiguration,
  type Version,
  withOperation,
  withVersion,
} from './record.ts';
import { engineApplication, Runs } from './runs.ts';
import {
  ACTIVE,
  cancelled,
  openOperation,
  settledAtOpening,
  withOwnSnapshot,
  withSnapshot,
} from './states.ts';

export interface ApplicationsOptions {
  /** Holds applications.json; null: in memory. */
  readonly folder: string | null;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** An application of the kit itself, which it makes and starts at every start. */
export interface KitApplication {
  readonly name: string;
  readonly description: string;
  readonly runtime: string;
  readonly role: string;
  readonly code: Configuration['code'];
  readonly properties: Configuration['properties'];
}

/** An operation that takes a while. */
interface Transition {
  readonly operation: string;
  /** While it is in progress. */
  readonly status: ApplicationStatus;
  readonly versions?: OperationRecord['versions'];
}

const STARTING = { operation: 'StartApplication', status: 'STARTING' } as const satisfies Transition;
const LATEST = {
  restoreType: 'RESTORE_FROM_LATEST_SNAPSHOT',
  snapshotName: null,
  allowNonRestoredState: false,
} as const satisfies RunConfiguration;

/**
 * All applications, each on disk before a change of it is answered, and what they do: a change that takes time is begun
 * here, shows as an operation in progress, and is finished by the work in `Runs`, one after the other for each
 * application. What a crash cut short is finished after the next start (`resume`).
 */
export class Applications {
  readonly #options: ApplicationsOptions;
  readonly #documents: Documents<ApplicationRecord>;
  readonly #runs: Runs;
  /** Were at work when the process ended, and are not yet again. */
  readonly #interrupted: Set<string>;

  /** @throws WildRydesError STATE_CORRUPT or STATE_UNUSABLE when they cannot be read */
  constructor(options: ApplicationsOptions) {
    this.#options = options;
    const { folder, log } = options;
    this.#documents = openDocuments<ApplicationRecord>({
      file: folder === null ? null : join(folder, 'applications.json'),
      what: 'analytics applications',
    });
    this.#runs = new Runs({ log, ended: (name, error) => this.#ended(name, error) });
    for (const record of this.#documents.all()) this.#put(settledAtOpening(record, this.#now()));
    const active = this.#documents.all().filter(({ status }) => ACTIVE.includes(status));
    this.#interrupted = new Set(active.map(({ name }) => name));
  }

  /** By name. */
  list(): readonly ApplicationRecord[] {
    return this.#documents.all();
  }

  has(name: string): boolean {
    return this.#documents.has(name);
  }

  /** @throws AnalyticsError ResourceNotFoundException */
  get(name: string): ApplicationRecord {
    const record = this.#documents.get(name);
    if (record === undefined) throw notFound(`Application ${name}`);
    return record;
  }

  /** Adds an application, READY. There is none of its name. */
  create(
    name: string,
    configuration: Configuration,
    more: Pick<ApplicationRecord, 'description' | 'mode' | 'tags'> & { readonly region: string },
  ): ApplicationRecord {
    const { region, ...given } = more;
    const createdAt = this.#now();
    return this.#put({
      ...given,
      name,
      arn: `arn:aws:kinesisanalytics:${region}:${LOCAL.accountId}:application/${name}`,
      status: 'READY',
      createdAt,
      updatedAt: createdAt,
      versions: [{ id: 1, configuration, createdAt, updatedFrom: null, rolledBack: null }],
      operations: [],
      snapshots: [],
      run: null,
      fresh: false,
      loggingOptions: configuration.logging.length,
    });
  }

  /** Replaces what is kept of an application, in one step. */
  keep(record: ApplicationRecord): ApplicationRecord {
    return this.#put(record);
  }

  /**
   * Why the engine would not run an application in this version, or undefined if it would.
   *
   * @param version default the current one
   */
  refusal(record: ApplicationRecord, version: Version = currentVersion(record)): string | undefined {
    const others = this.list().filter(
      ({ name, status }) => name !== record.name && ACTIVE.includes(status) && !this.#interrupted.has(name),
    );
    return this.#runs.refusal(
      engineApplication(record, version),
      others.map((other) => engineApplication(other)),
      record.fresh,
    );
  }

  /** Begins to start an application that is READY. @returns the operation's id */
  start(record: ApplicationRecord): string {
    const id = this.#begin(record, STARTING);
    void this.#launch(record.name, id);
    return id;
  }

  /**
   * Begins to stop an application. By force, that also ends what is in progress, and takes no snapshot.
   *
   * @returns the operation's id
   */
  stop(name: string, force: boolean): string {
    const record = this.get(name);
    const id = this.#begin(force ? cancelled(record, this.#now()) : record, {
      operation: 'StopApplication',
      status: force ? 'FORCE_STOPPING' : 'STOPPING',
    });
    this.#interrupted.delete(name);
    void this.#runs.queue(name, async () => {
      const error = await this.#runs.halt(name);
      this.#settle(name, id, 'READY', error, !force && error === undefined);
    });
    return id;
  }

  /** Gives an application another version; one that runs is started anew with it. @returns the operation's id */
  update(before: ApplicationRecord, configuration: Configuration): string {
    const operation = 'UpdateApplication';
    const record = withVersion(before, configuration, this.#now());
    const versions = { from: currentVersion(before).id, to: currentVersion(record).id };
    if (before.status === 'READY') return this.#note(record, operation, versions);
    return this.#restart(record, { operation, status: 'UPDATING', versions });
  }

  /** Gives an application another version that matters to nobody who runs it. @returns the operation's id */
  updateQuietly(record: ApplicationRecord, configuration: Configuration, operation: string): string {
    const after = withVersion(record, configuration, this.#now());
    return this.#note(after, operation, { from: currentVersion(record).id, to: currentVersion(after).id });
  }

  /** Starts an application anew with the configuration of an older version, as a new one. @returns the operation's id */
  rollBack(name: string, target: Version): string {
    const before = cancelled(this.get(name), this.#now());
    const from = currentVersion(before).id;
    const record = withVersion(before, target.configuration, this.#now(), { from, to: target.id });
    const versions = { from, to: currentVersion(record).id };
    return this.#restart(record, { operation: 'RollbackApplication', status: 'ROLLING_BACK', versions });
  }

  /** Begins to stop an application, if it runs, and to remove it with all that is kept of it. */
  delete(name: string): void {
    this.#begin(this.get(name), { operation: 'DeleteApplication', status: 'DELETING' });
    this.#remove(name);
  }

  /** Takes a snapshot of an application that runs. */
  snapshot(name: string, snapshotName: string): void {
    const record = withSnapshot(this.get(name), snapshotName, this.#now());
    this.#note(record, 'CreateApplicationSnapshot', null);
  }

  /** From now on, applications are run by this engine. */
  provideEngine(engine: AnalyticsEngine): void {
    this.#runs.engine = engine;
  }

  /**
   * Runs an application of the kit as it is defined, whatever was done to it before.
   *
   * @returns once it runs
   * @throws what the engine failed with; the application is READY then
   */
  async run({ name, description, runtime, role, code, properties }: KitApplication): Promise<void> {
    const defined = { runtime, role, code, properties };
    if (!this.has(name)) {
      const configuration = { ...newConfiguration(runtime, role, undefined), ...defined };
      this.create(name, configuration, { region: LOCAL.region, description, mode: 'STREAMING', tags: [] });
    }
    const record = this.get(name);
    const { configuration } = currentVersion(record);
    const wanted = { ...configuration, ...defined };
    if (JSON.stringify(wanted) !== JSON.stringify(configuration)) {
      this.#put(withVersion(record, wanted, this.#now()));
    }
    const id = this.#interrupted.has(name)
      ? openOperation(record)?.id
      : this.#begin({ ...cancelled(this.get(name), this.#now()), run: LATEST, fresh: false }, STARTING);
    const error = await this.#launch(name, id);
    if (error !== undefined) throw error;
  }

  /** Goes on with what was at work, or being deleted, when the process ended. */
  resume(): void {
    for (const { name, status } of this.list()) if (status === 'DELETING') this.#remove(name);
    for (const name of this.#interrupted) {
      const record = this.get(name);
      const refusal = this.refusal(record);
      this.#interrupted.delete(name);
      if (refusal === undefined) void this.#launch(name, openOperation(record)?.id);
      else this.#settle(name, openOperation(record)?.id, 'READY', new Error(refusal), false);
    }
  }

  /**
   * Stops what runs; it runs again after the next start.
   *
   * @throws the first error that a stop ended with, once all have ended
   */
  close(): Promise<void> {
    return this.#runs.close();
  }

  #now(): number {
    return Math.floor(this.#options.clock.now() / 1000) * 1000;
  }

  #put(record: ApplicationRecord): ApplicationRecord {
    if (this.#documents.get(record.name) !== record) this.#documents.put(record.name, record);
    return record;
  }

  /** @returns the operation's id */
  #begin(record: ApplicationRecord, { operation, status, versions = null }: Transition): string {
    const startedAt = this.#now();
    const begun = { operation, startedAt, endedAt: null, error: null, versions } as const;
    const id = randomUUID();
    const changed = { ...record, status, updatedAt: startedAt };
    this.#put(withOperation(changed, { id, status: 'IN_PROGRESS', ...begun }));
    return id;
  }

  /** Keeps a change that is done already. @returns the operation's id */
  #note(record: ApplicationRecord, operation: string, versions: OperationRecord['versions']): string {
    const now = this.#now();
    const id = randomUUID();
    const done = { startedAt: now, endedAt: now, error: null, versions } as const;
    this.#put(withOperation(record, { id, operation, status: 'SUCCESSFUL', ...done }));
    return id;
  }

  /** @returns what it failed with, once it runs or does not */
  #launch(name: string, id: string | undefined): Promise<unknown> {
    this.#interrupted.delete(name);
    let error: unknown;
    return this.#runs
      .queue(name, async () => {
        if (!this.#isOn(name, id)) return;
        error = await this.#runs.launch(this.get(name));
        this.#settle(name, id, error === undefined ? 'RUNNING' : 'READY', error, false);
      })
      .then(() => error);
  }

  #restart(record: ApplicationRecord, transition: Transition): string {
    const { name } = record;
    const id = this.#begin(record, transition);
    void this.#runs.queue(name, async () => {
      const stopped = await this.#runs.halt(name);
      if (!this.#isOn(name, id)) return;
      const error = stopped ?? (await this.#runs.launch(this.get(name)));
      this.#settle(name, id, error === undefined ? 'RUNNING' : 'READY', error, stopped === undefined);
    });
    return id;
  }

  #remove(name: string): void {
    void this.#runs.queue(name, async () => {
      await this.#runs.halt(name);
      await this.#runs.forget(this.get(name));
      this.#documents.delete(name);
    });
  }

  /** Whether an operation is still in progress; undefined stands for one that nobody asked for. */
  #isOn(name: string, id: string | undefined): boolean {
    const record = this.#documents.get(name);
    return record !== undefined && openOperation(record)?.id === id;
  }

  /** Ends an operation, unless something else has ended it. */
  #settle(
    name: string,
    id: string | undefined,
    status: ApplicationStatus,
    error: unknown,
    snapshot: boolean,
  ): void {
    if (error !== undefined) this.#options.log(`kinesisanalytics: ${name}: ${messageOf(error)}`);
    if (!this.#isOn(name, id)) return;
    const record = this.get(name);
    const outcome = {
      endedAt: this.#now(),
      status: error === undefined ? 'SUCCESSFUL' : 'FAILED',
      error: error === undefined ? null : messageOf(error),
    } as const;
    const settled = {
      ...record,
      status,
      fresh: record.fresh && status !== 'RUNNING',
      operations: record.operations.map((each) => (each.id === id ? { ...each, ...outcome } : each)),
    };
    this.#put(snapshot ? withOwnSnapshot(settled, this.#now()) : settled);
  }

  /** What runs no longer, though nobody stopped it. */
  #ended(name: string, error: unknown): void {
    this.#options.log(`kinesisanalytics: ${name} ended: ${messageOf(error)}`);
    const record = this.#documents.get(name);
    if (record?.status === 'RUNNING') this.#put({ ...record, status: 'READY', updatedAt: this.#now() });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
