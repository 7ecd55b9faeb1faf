import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { WildRydesError } from '../../../telemetry/errors.ts';
import type { StreamRecord } from '../../records.ts';
import type { Item } from './attribute-value.ts';

/** One change of a table's item. */
export interface TableChange extends StreamRecord {
  /** The table's name. */
  readonly stream: string;
  readonly keys: Item;
  readonly change: Change;
}

/** What the item is now; or that it was removed; or why the record does not tell. */
type Change =
  | { readonly kind: 'put'; readonly item: Item }
  | { readonly kind: 'removed' }
  | { readonly kind: 'untold'; readonly reason: string };

/**
 * Reads the event of a DynamoDB stream.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 *
 * @throws WildRydesError USAGE when the event is not one
 */
export function changesIn(event: DynamoDBStreamEvent): TableChange[] {
  if (!Array.isArray(event?.Records) || !event.Records.every(isChange)) {
    throw new WildRydesError(
      'USAGE',
      'the event must be one of a DynamoDB stream: {"Records":[{"eventName":…,"dynamodb":{"SequenceNumber":…}}]}',
      { next: 'Invoke the function with the event.json beside its handler, or by its trigger.' },
    );
  }
  return event.Records.map((record) => {
    const {
      Keys = {},
      SequenceNumber = '',
      ApproximateCreationDateTime: seconds = 0,
    } = record.dynamodb ?? {};
    const keys = Keys as Item;
    return {
      stream: tableIn(record.eventSourceARN),
      shardId: undefined, // the event does not tell
      sequenceNumber: SequenceNumber,
      partitionKey: record.eventID || SequenceNumber,
      arrival: Math.round(seconds * 1000),
      data: Buffer.from(JSON.stringify(record)),
      keys,
      change: changeIn(record),
    };
  });
}

function isChange(record: DynamoDBRecord | undefined): boolean {
  return record?.eventName !== undefined && /^\d+$/.test(record.dynamodb?.SequenceNumber ?? '');
}

function changeIn({ eventName, dynamodb = {} }: DynamoDBRecord): Change {
  if (eventName === 'REMOVE') return { kind: 'removed' };
  if (dynamodb.NewImage !== undefined) return { kind: 'put', item: dynamodb.NewImage as Item };
  const view = dynamodb.StreamViewType ?? 'none';
  return {
    kind: 'untold',
    reason: `the table's stream must be of NEW_IMAGE or NEW_AND_OLD_IMAGES (given ${view})`,
  };
}

/** `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL`. */
function tableIn(eventSourceARN: string | undefined): string {
  return /:table\/([^/]+)/.exec(eventSourceARN ?? '')?.[1] ?? 'unknown';
}
