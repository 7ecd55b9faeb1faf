import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { damaged } from './damage.ts';
import { DEFAULT_SETTINGS, type StreamSettings } from './settings.ts';
import type { ShardMetadata } from './shard.ts';

/** What is kept of a stream beside its records: `stream.json` in its folder. Times in milliseconds since the epoch. */
export interface StreamMetadata {
  readonly version: 1;
  readonly streamName: string;
  /** Region that it was created in, for its ARN: the local cloud has one namespace for all. */
  readonly region: string;
  /** Different for every stream of the same name. */
  readonly createdAt: number;
  readonly mode: StreamMode;
  readonly retentionHours: number;
  /** What arrived before is gone, even if the retention was made longer since. */
  readonly expiredBefore: number;
  readonly settings: StreamSettings;
  /** Parents before children. */
  readonly shards: readonly ShardMetadata[];
  /** Number that the next shard will get. */
  readonly nextShard: number;
  /** Records of shards that are no more. */
  readonly formerRecords: number;
}

export type StreamMode = 'PROVISIONED' | 'ON_DEMAND';

export const METADATA_FILE = 'stream.json';

/** Members that came later: a file that lacks them has these. */
const DEFAULTS = { expiredBefore: 0, settings: DEFAULT_SETTINGS } as const;

/** Replaces a folder's metadata in one step: a reader finds the old or the new, whole. */
export function saveMetadata(folder: string, metadata: StreamMetadata): void {
  const file = join(folder, METADATA_FILE);
  const summed = { ...metadata, checksum: checksumOf(metadata) };
  writeFileSync(`${file}.new`, `${JSON.stringify(summed, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/**
 * What does not belong to a shard of the metadata is removed from a stream's folder, so a changed number in it must not
 * be believed.
 *
 * @throws WildRydesError STATE_CORRUPT if the file is missing or not what was saved
 */
export function loadMetadata(folder: string): StreamMetadata {
  const file = join(folder, METADATA_FILE);
  let saved: Omit<StreamMetadata, keyof typeof DEFAULTS> & {
    readonly expiredBefore?: number;
    readonly settings?: Partial<StreamSettings>;
    readonly checksum?: number;
  };
  try {
    saved = JSON.parse(readFileSync(file, 'utf8')) as typeof saved;
  } catch (error) {
    throw damaged(file, 0, error instanceof Error ? error.message : String(error));
  }
  if (saved?.version !== 1) throw damaged(file, 0, `its version must be 1 (given ${String(saved?.version)})`);
  const { checksum, ...metadata } = saved;
  if (checksum !== checksumOf(metadata)) throw damaged(file, 0, 'its checksum differs');
  return { ...DEFAULTS, ...metadata, settings: { ...DEFAULT_SETTINGS, ...metadata.settings } };
}

/** CRC-32 of the metadata as JSON, which keeps the order of its members: of those that were saved, before any default. */
function checksumOf(metadata: object): number {
  return crc32(JSON.stringify(metadata));
}
