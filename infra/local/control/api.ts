import type { AggregationProgress } from '../../../telemetry/progress.ts';
import type { FaultStatus } from '../faults/fault.ts';

/**
 * The kit's own door into its local cloud, beside the AWS APIs: JSON over HTTP under `/_wildrydes/`.
 * Another process of the kit (status, stop, a producer that joined) uses it; AWS clients never do.
 */
export const CONTROL_PREFIX = '/_wildrydes/';

/** GET /_wildrydes/health */
export interface CloudHealth {
  /** Marks the listener as ours. */
  readonly service: 'wildrydes';
  readonly version: string;
  readonly pid: number;
  readonly endpoint: string;
  /** State folder; null when it is thrown away at exit. */
  readonly data: string | null;
  /** True if state is kept at exit. */
  readonly kept: boolean;
  /** The cloud's time, milliseconds since the epoch. */
  readonly now: number;
  /** True when an accelerated or dated run's clock rules here: such a cloud is not for joining. */
  readonly simulated: boolean;
  /** False after `start --empty`. */
  readonly pipeline: boolean;
  /** What runs in it beside the pipeline: `archive`, `files`, `search`. */
  readonly parts: readonly string[];
  /** URL of the search cluster that its functions write to, without a password; null without one. */
  readonly searchEndpoint: string | null;
  /** True while shards take and give no more in a second than on AWS. */
  readonly enforcesLimits: boolean;
}

/** POST /_wildrydes/limits; answers the same. From then on, shards are limited as on AWS, or not. */
export interface Limits {
  readonly enforce: boolean;
}

/** One event-source mapping in GET /_wildrydes/status. */
export interface MappingStatus {
  readonly functionName: string;
  /** Of a table's stream: the table. */
  readonly streamName: string;
  readonly invocations: number;
  readonly failedInvocations: number;
  readonly recordsHandled: number;
  /** Records given up after the mapping's retries or age. */
  readonly recordsDiscarded: number;
  /** Records passed over because they match none of the mapping's filters. */
  readonly recordsFiltered: number;
  /** How old the last record handled was by then, milliseconds; null before the first. */
  readonly iteratorAge: number | null;
  readonly lastError: string | null;
  readonly shards: readonly MappingShardStatus[];
}

export interface MappingShardStatus {
  readonly shardId: string;
  /** Last sequence number handled; null before the first. */
  readonly sequenceNumber: string | null;
  /** Records in the shard after that one. */
  readonly behind: number;
}

export interface StreamStatus {
  readonly streamName: string;
  readonly shards: number;
  /** Records accepted since the stream was created. */
  readonly records: number;
  /** Bytes on disk or in memory. */
  readonly bytes: number;
}

/** GET /_wildrydes/status */
export interface CloudStatus {
  readonly health: CloudHealth;
  readonly streams: readonly StreamStatus[];
  readonly mappings: readonly MappingStatus[];
  readonly aggregation: AggregationProgress | null;
  /** Faults that are on; see POST /_wildrydes/faults. */
  readonly faults: readonly FaultStatus[];
}

/** POST /_wildrydes/end-faults; answers `{ended}`, how many those were. POST /_wildrydes/faults takes a FaultRequest and answers its FaultStatus. */
export interface EndFaults {
  /** All of them if absent. */
  readonly id?: number;
}

/** POST /_wildrydes/aggregation; answers AggregationProgress. */
export interface AggregationQuery {
  /** Whose books; all when absent. */
  readonly names?: readonly string[];
  /** Answer only once all that the stream holds now has been judged. */
  readonly caughtUp?: boolean;
  /** Close every open window by force first; refused (409) unless the cloud is thrown away at exit. */
  readonly closeWindows?: boolean;
}

/** GET /_wildrydes/notifications: NDJSON, a line for each message published from now on, open until either side ends it. */
export interface Notification {
  readonly topicArn: string;
  readonly messageId: string;
  readonly message: string;
}
