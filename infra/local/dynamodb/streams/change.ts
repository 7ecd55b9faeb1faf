import { hash } from 'node:crypto';
import { LOCAL } from '../../../../telemetry/topology.ts';
import { type Item, itemSize, sameItem } from './item.ts';

/** What a change shows of its item beside the keys. */
export const VIEW_TYPES = ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] as const;
export type ViewType = (typeof VIEW_TYPES)[number];

/** What a change is told with that is its stream's. */
export interface ChangeContext {
  readonly streamArn: string;
  readonly viewType: ViewType;
  /** Names of the table's keys, the partition key first. */
  readonly keyNames: readonly string[];
}

/** A record as GetRecords gives it; `eventSourceARN` comes with Lambda's event only. */
export interface ChangeRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    /** Seconds since the epoch, whole. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Item;
    readonly NewImage?: Item;
    readonly OldImage?: Item;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: ViewType;
  };
}

/**
 * The record of a write, or undefined if the write changes nothing: the same item put again, or one deleted that is
 * not there.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html and
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 *
 * @param time milliseconds since the epoch
 */
export function changeRecord(
  oldItem: Item | undefined,
  newItem: Item | undefined,
  context: ChangeContext,
  sequenceNumber: string,
  time: number,
): ChangeRecord | undefined {
  const item = newItem ?? oldItem;
  if (item === undefined) return undefined;
  if (oldItem !== undefined && newItem !== undefined && sameItem(oldItem, newItem)) return undefined;
  const { viewType, streamArn, keyNames } = context;
  const Keys = Object.fromEntries(keyNames.map((name) => [name, item[name]!]));
  const NewImage = viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? newItem : undefined;
  const OldImage = viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? oldItem : undefined;
  const SizeBytes = [Keys, NewImage, OldImage].reduce(
    (bytes, part) => bytes + (part === undefined ? 0 : itemSize(part)),
    0,
  );
  return {
    eventID: hash('sha256', `${streamArn}/${sequenceNumber}`).slice(0, 32),
    eventName: oldItem === undefined ? 'INSERT' : newItem === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: LOCAL.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(time / 1000),
      Keys,
      ...(NewImage === undefined ? {} : { NewImage }),
      ...(OldImage === undefined ? {} : { OldImage }),
      SequenceNumber: sequenceNumber,
      SizeBytes,
      StreamViewType: viewType,
    },
  };
}

/** The text that identifies a change's item: the same for all changes of one item. */
export function itemKeyOf({ dynamodb }: ChangeRecord): string {
  return JSON.stringify(dynamodb.Keys);
}
