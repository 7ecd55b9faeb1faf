/** What an owner sets on a stream beside its shards. Kept in `stream.json`; a file of before gets the defaults. */
export interface StreamSettings {
  /** Pairs, so that any key is just text, in the order of their keys. */
  readonly tags: Tags;
  /** Of one record, its data and partition key together; KiB, 1,024 to 10,240. */
  readonly maxRecordSizeInKiB: number;
  /** The KMS key that records are said to be encrypted with, as it was given; null when they are not. */
  readonly keyId: string | null;
  /** Names of the metrics that enhanced monitoring is on for. */
  readonly shardLevelMetrics: readonly string[];
  /** When what may be done a few times a day was done, within the last day; milliseconds since the epoch. */
  readonly done: Readonly<Record<DailyAct, readonly number[]>>;
}

export type Tags = readonly (readonly [key: string, value: string])[];

/** What a stream's owner may do a limited number of times in 24 hours; see daily-limits.ts. */
export type DailyAct = 'shardCountUpdate' | 'modeSwitch' | 'encryptionStart' | 'encryptionStop';

export const DEFAULT_SETTINGS: StreamSettings = {
  tags: [],
  maxRecordSizeInKiB: 1024,
  keyId: null,
  shardLevelMetrics: [],
  done: { shardCountUpdate: [], modeSwitch: [], encryptionStart: [], encryptionStop: [] },
};
