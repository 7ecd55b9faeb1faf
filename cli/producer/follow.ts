import type { MappingStatus } from '../../infra/local/control/api.ts';
import type { ControlClient } from '../../infra/local/control/client.ts';
import { decodeAlert } from '../../telemetry/alert-codec.ts';
import type { Clock } from '../../telemetry/clock.ts';
import { WINDOW } from '../../telemetry/topology.ts';
import type { RunView } from './events.ts';
import { FedWindows } from './fed-windows.ts';
import type { TableReader } from './table-reader.ts';

/** How often the table and the aggregation are looked at, milliseconds. */
const LOOK_EVERY = { local: 250, remote: 2_000 } as const;

/** Windows that are looked for at once: as many as one request to the table takes. */
const PART = 100;

/** Share of a part that must be in the table for a look to go on: reading what is not there yet costs as much. */
const LEAST_FOUND = 0.5;

/** Where nobody publishes a watermark, a window is looked for this long after its end, milliseconds. */
const REMOTE_SLACK = WINDOW.lateness + 5_000;

export interface FollowOptions {
  readonly names: readonly string[];
  readonly table: Pick<TableReader, 'read'>;
  readonly control: Pick<ControlClient, 'aggregation' | 'notifications'> | undefined;
  readonly clock: Clock;
  readonly view: Pick<RunView, 'summary' | 'alert'>;
}

/**
 * Follows what becomes of a run's readings: reads each closed window back from the table, and listens for the
 * alerts of its unicorns.
 */
export class Follower {
  readonly windows = new FedWindows();
  readonly #options: FollowOptions;
  readonly #names: ReadonlySet<string>;
  /** Of each unicorn, what was heard last: a repetition follows at once, if at all. */
  readonly #heard = new Map<string, string>();
  #alerts = 0;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#names = new Set(options.names);
  }

  /** Messages heard, each once. */
  get alerts(): number {
    return this.#alerts;
  }

  /** Starts to listen and to look; `stop` ends both. */
  async start(): Promise<void> {
    const { control } = this.#options;
    await control?.notifications(this.#stop.signal, (notification) => this.#hear(notification.message));
    const every = control === undefined ? LOOK_EVERY.remote : LOOK_EVERY.local;
    this.#timer = setInterval(() => {
      // A look that fails is followed by another; whether everything was found is judged at the end.
      this.look().catch(() => {});
    }, every);
  }

  /**
   * Looks once for the windows that have closed; calls during a look share it. A large fleet's minute is looked for in
   * parts, by Name, as its summaries come, up to the first part of which less than half is in the table yet.
   */
  look(): Promise<void> {
    this.#looking ??= this.#look(LEAST_FOUND).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Looks once for every window that has closed. */
  async lookAtAll(): Promise<void> {
    await this.#looking?.catch(() => {});
    await this.#look(0);
  }

  async #look(leastFound: number): Promise<void> {
    if (this.windows.pending === 0) return;
    const watermark = await this.#watermark();
    if (watermark === null) return;
    for (const { minute, names } of this.windows.closed(watermark)) {
      for (let from = 0; from < names.length; from += PART) {
        const part = names.slice(from, from + PART);
        const found = await this.#options.table.read(minute, part);
        for (const summary of found) {
          if (this.windows.found(summary.Name, summary.StatusTime)) this.#options.view.summary(summary);
        }
        if (found.length < leastFound * part.length) break;
      }
    }
  }

  async #watermark(): Promise<number | null> {
    const { control, clock } = this.#options;
    if (control === undefined) return clock.now() - REMOTE_SLACK;
    return (await control.aggregation({ names: [] })).watermark;
  }

  #hear(message: string): void {
    const alert = decodeAlert(message);
    if ('ok' in alert || !this.#names.has(alert.name)) return;
    // A repeated alert is of the same episode, state and time; it is told once.
    const id = `${alert.state} ${alert.episode} ${alert.statusTime}`;
    if (this.#heard.get(alert.name) === id) return;
    this.#heard.set(alert.name, id);
    this.#alerts++;
    this.#options.view.alert(alert);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stop.abort();
  }
}

/** Has every mapping of the stream handled all records up to those positions? `positions`: shard to sequence number. */
export function haveHandled(
  mappings: readonly MappingStatus[],
  stream: string,
  positions: ReadonlyMap<string, string>,
): boolean {
  return mappings
    .filter((mapping) => mapping.streamName === stream)
    .every((mapping) =>
      [...positions].every(([shardId, sequenceNumber]) => {
        const shard = mapping.shards.find((candidate) => candidate.shardId === shardId);
        if (shard === undefined) return false;
        return (
          shard.behind === 0 ||
          (shard.sequenceNumber !== null && BigInt(shard.sequenceNumber) >= BigInt(sequenceNumber))
        );
      }),
    );
}

/** Records of a stream that its mappings have still to handle. */
export function recordsBehind(mappings: readonly MappingStatus[], stream: string): number {
  return mappings
    .filter((mapping) => mapping.streamName === stream)
    .flatMap((mapping) => mapping.shards)
    .reduce((sum, shard) => sum + shard.behind, 0);
}
