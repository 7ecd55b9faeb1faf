import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../../telemetry/clock.ts';
import { LOCAL } from '../../../../telemetry/topology.ts';
import type { MappingStatus } from '../../control/api.ts';
import { openDocuments } from '../../documents.ts';
import type { RecordStream, Shard, StoredRecord } from '../../kinesis/source.ts';
import { MAPPING_DEFAULTS, type MappingDefinition, type Outcome } from '../definitions.ts';
import { mappingId, requestId, roleArn } from '../identity.ts';
import { parseEventSourceArn } from './event-source-arn.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import { compileFilters } from './filter-criteria.ts';
import type { MappingRecord, MappingState, MappingView } from './mapping-record.ts';
import { Positions } from './positions.ts';

/** What the delivery of a mapping begins with. */
export interface Delivery {
  readonly record: MappingRecord;
  readonly positions: Positions;
  readonly passesFilter: ((record: StoredRecord) => boolean) | undefined;
  /** To be told how each invocation ended. */
  readonly heard: (outcome: Outcome) => void;
}

export interface MappingRegistryOptions {
  /** Holds the mappings and their checkpoints; null: both last as long as this object. */
  readonly folder: string | null;
  readonly deliver: (delivery: Delivery) => EventSourceMapping;
  readonly hasFunction: (functionName: string) => boolean;
  /** Undefined while there is none. */
  readonly stream: (eventSourceArn: string) => RecordStream | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: (line: string) => void;
}

const NOTHING_COUNTED = {
  invocations: 0,
  failedInvocations: 0,
  recordsHandled: 0,
  recordsDiscarded: 0,
  recordsFiltered: 0,
} as const satisfies Partial<MappingStatus>;

type Counters = Pick<MappingStatus, keyof typeof NOTHING_COUNTED>;

interface Entry {
  record: MappingRecord;
  /** Made by the kit itself: what the API changes of it lasts until the next start. */
  readonly kit: boolean;
  readonly positions: Positions;
  /** The last one, also once it has ended: its counters still tell. */
  delivery: EventSourceMapping | undefined;
  /** False once `delivery` has ended. */
  delivering: boolean;
  /** What earlier ones counted. */
  past: Counters;
  /** Until what it did before has ended. */
  changing: MappingState | undefined;
  settled: Promise<void>;
  lastProcessingResult: string;
}

/**
 * All event-source mappings: those that the API made, which are kept on disk before it answers, and those of the kit,
 * which makes them anew at every start. Keeps the delivery of each as its record says.
 */
export class MappingRegistry {
  readonly #options: MappingRegistryOptions;
  readonly #checkpoints: string | null;
  readonly #documents;
  readonly #entries = new Map<string, Entry>();
  #closed = false;

  /**
   * Goes on with every mapping that was kept, each as soon as its function is known.
   *
   * @throws WildRydesError STATE_CORRUPT or STATE_UNUSABLE when they cannot be read
   */
  constructor(options: MappingRegistryOptions) {
    this.#options = options;
    const { folder } = options;
    this.#checkpoints = folder === null ? null : join(folder, 'checkpoints');
    this.#documents = openDocuments<MappingRecord>({
      file: folder === null ? null : join(folder, 'mappings.json'),
      what: 'event-source mappings',
    });
    this.#sweep();
    for (const record of this.#documents.all()) {
      // Kept by an earlier version of this, it may know less.
      const definition = { ...MAPPING_DEFAULTS, ...record.definition };
      this.#startIfDue(this.#add({ ...record, definition }, record.uuid, false));
    }
  }

  /** Undefined if there is none. */
  get(uuid: string): MappingView | undefined {
    const entry = this.#entries.get(uuid);
    return entry && view(entry);
  }

  /** By UUID. */
  list(): readonly MappingView[] {
    return [...this.#entries.values()].map(view).sort((a, b) => (a.record.uuid < b.record.uuid ? -1 : 1));
  }

  /** Adds a mapping of the API. On disk when this returns, and begun, if it is enabled. */
  create(definition: MappingDefinition, settings: Pick<MappingRecord, 'qualifier' | 'enabled'>): MappingView {
    const { clock, random } = this.#options;
    let uuid = requestId(random);
    while (this.#entries.has(uuid)) uuid = requestId(random);
    const record = { uuid, definition, ...settings, lastModified: clock.now() };
    this.#documents.put(uuid, record);
    const entry = this.#add(record, uuid, false);
    this.#startIfDue(entry);
    return { ...view(entry), state: 'Creating' };
  }

  /**
   * Changes a mapping that is not being changed. On disk when this returns; what is under way is finished by the old
   * settings before the new ones apply.
   */
  update(
    uuid: string,
    change: Partial<Pick<MappingRecord, 'definition' | 'qualifier' | 'enabled'>>,
  ): MappingView | undefined {
    const entry = this.#entries.get(uuid);
    if (entry === undefined) return undefined;
    const before = entry.record;
    const record = { ...before, ...change, lastModified: this.#options.clock.now() };
    if (!entry.kit) this.#documents.put(uuid, record);
    entry.record = record;
    const toggled = record.enabled ? 'Enabling' : 'Disabling';
    const state = record.enabled === before.enabled ? 'Updating' : toggled;
    this.#change(entry, state, () => this.#startIfDue(entry));
    return { ...view(entry), state };
  }

  /** Removes a mapping that is not being changed, and how far it has come. On disk when this returns. */
  delete(uuid: string): MappingView | undefined {
    const entry = this.#entries.get(uuid);
    if (entry === undefined) return undefined;
    if (!entry.kit) this.#documents.delete(uuid);
    this.#change(entry, 'Deleting', async () => {
      // One of the kit comes back at the next start, and goes on.
      await (entry.kit ? entry.positions.flush() : entry.positions.remove());
      this.#entries.delete(uuid);
    });
    return { ...view(entry), state: 'Deleting' };
  }

  /** Adds a mapping of the kit, which takes the place of one that the API made of the same stream to the same function. */
  addKit(definition: MappingDefinition, streamName: string): void {
    const { functionName, eventSourceArn } = definition;
    for (const { record } of this.list()) {
      if (record.qualifier !== null || !this.joins(record.definition, functionName, eventSourceArn)) continue;
      this.#options.log(
        `mapping ${record.uuid} of ${streamName} to ${functionName} is removed: the kit has its own`,
      );
      this.delete(record.uuid);
    }
    const record = {
      uuid: mappingId(functionName, streamName),
      definition,
      qualifier: null,
      enabled: true,
      lastModified: this.#options.clock.now(),
    };
    // Neither name may hold an @.
    this.#startIfDue(this.#add(record, `${functionName}@${streamName}`, true));
  }

  /** Whether this mapping is of the given stream to the given function. */
  joins(definition: MappingDefinition, functionName: string, eventSourceArn: string): boolean {
    const resource = parseEventSourceArn(definition.eventSourceArn)?.resource;
    return (
      definition.functionName === functionName && resource === parseEventSourceArn(eventSourceArn)?.resource
    );
  }

  /** Starts what waited for this function. */
  functionKnown(functionName: string): void {
    for (const entry of this.#entries.values()) {
      if (entry.record.definition.functionName === functionName) this.#startIfDue(entry);
    }
  }

  /** Of every mapping that has begun, with what it counted since the service opened. */
  statuses(): MappingStatus[] {
    return [...this.#entries.values()].flatMap(({ delivery, past }) => {
      const status = delivery?.status();
      return status === undefined ? [] : [{ ...status, ...counted(past, status) }];
    });
  }

  /** Starts no further invocation. Resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#closed = true;
    const entries = [...this.#entries.values()];
    await Promise.all(entries.map((entry) => (entry.delivering ? entry.delivery?.stop() : undefined)));
    await Promise.all(entries.map((entry) => entry.settled));
  }

  /** Writes how far each has come. */
  async flush(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ positions }) => positions.flush()));
  }

  #add(record: MappingRecord, name: string, kit: boolean): Entry {
    const { functionName, eventSourceArn } = record.definition;
    const owner = kit ? name : `${functionName}@${eventSourceArn}`;
    const entry: Entry = {
      record,
      kit,
      positions: new Positions({ folder: this.#checkpoints, name, owner, log: this.#options.log }),
      delivery: undefined,
      delivering: false,
      past: NOTHING_COUNTED,
      changing: undefined,
      settled: Promise.resolve(),
      lastProcessingResult: 'No records processed',
    };
    this.#entries.set(record.uuid, entry);
    return entry;
  }

  #startIfDue(entry: Entry): void {
    const { definition, enabled } = entry.record;
    if (!enabled || entry.delivering || entry.changing !== undefined || this.#closed) return;
    if (!this.#options.hasFunction(definition.functionName)) return;
    if (entry.delivery !== undefined) entry.past = counted(entry.past, entry.delivery.status());
    this.#forgetFormerStream(entry);
    entry.delivering = true;
    entry.delivery = this.#options.deliver({
      record: entry.record,
      positions: entry.positions,
      passesFilter: filterOf(definition),
      heard: (outcome) => {
        if (outcome.kind === 'response') entry.lastProcessingResult = 'OK';
        if (outcome.kind === 'error') entry.lastProcessingResult = 'PROBLEM: Function call failed';
      },
    });
  }

  /** A stream that took the place of its namesake while nobody looked is read from its start, as it would have been. */
  #forgetFormerStream({ record, positions }: Entry): void {
    const shards = this.#options.stream(record.definition.eventSourceArn)?.shards ?? [];
    const isOfFormer = (shard: Shard): boolean =>
      positions
        .lanesOf(shard.shardId)
        .some(({ position: { after, finished } }) =>
          after === null ? finished && !shard.closed : shard.indexOf(after) === undefined,
        );
    if (shards.some(isOfFormer)) positions.begin(new Map());
  }

  /** Ends what a mapping does, and then goes on; at once if it does nothing. */
  #change(entry: Entry, state: MappingState, then: () => void | Promise<void>): void {
    const { delivery, delivering } = entry;
    entry.changing = state;
    const change = async (): Promise<void> => {
      if (delivering) await delivery?.stop();
      entry.delivering = false;
      if (state !== 'Deleting') entry.changing = undefined;
      await then();
    };
    entry.settled = change().catch((error: unknown) => {
      this.#options.log(`mapping ${entry.record.uuid}: ${String(error)}`);
    });
  }

  /** Removes checkpoints of deleted mappings, which a crash may have left. */
  #sweep(): void {
    if (this.#checkpoints === null) return;
    let files: readonly string[];
    try {
      files = readdirSync(this.#checkpoints);
    } catch {
      return;
    }
    for (const file of files) {
      const uuid = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json/.exec(file)?.[1];
      if (uuid !== undefined && !this.#documents.has(uuid)) {
        rmSync(join(this.#checkpoints, file), { force: true });
      }
    }
  }
}

function view({ record, changing, lastProcessingResult }: Entry): MappingView {
  return { record, state: changing ?? (record.enabled ? 'Enabled' : 'Disabled'), lastProcessingResult };
}

function counted(past: Counters, more: Counters): Counters {
  return {
    invocations: past.invocations + more.invocations,
    failedInvocations: past.failedInvocations + more.failedInvocations,
    recordsHandled: past.recordsHandled + more.recordsHandled,
    recordsDiscarded: past.recordsDiscarded + more.recordsDiscarded,
    recordsFiltered: past.recordsFiltered + more.recordsFiltered,
  };
}

function filterOf(definition: MappingDefinition): Delivery['passesFilter'] {
  const { filterPatterns, eventSourceArn, functionName } = definition;
  if (filterPatterns.length === 0) return undefined;
  return compileFilters(filterPatterns, parseEventSourceArn(eventSourceArn)?.kind ?? 'kinesis', {
    awsRegion: eventSourceArn.split(':')[3] || LOCAL.region,
    eventSourceARN: eventSourceArn,
    invokeIdentityArn: roleArn(functionName),
  });
}
