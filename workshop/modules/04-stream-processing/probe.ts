import { randomBytes } from 'node:crypto';
import { type AttributeValue, BatchWriteItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { quote } from '../../../telemetry/excerpt.ts';
import { formatStatusTime } from '../../../telemetry/status-time.ts';
import type { StoredSummary, Summary } from '../../../telemetry/summary.ts';
import { encodeSummary } from '../../../telemetry/summary-codec.ts';
import { tidily } from '../../check/clean-up.ts';
import type { EventRecord } from '../../check/functions.ts';
import { until } from '../../check/wait.ts';
import type { Workbench } from '../../workbench.ts';

/** An item as the table holds it: attributes with their types. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Summaries made up for one check, by unicorns whose names begin with a mark of its own. */
export interface Probe {
  /** The mark: `check-1f2e3d4c`. */
  readonly mark: string;
  /**
   * A summary of one of its unicorns.
   *
   * @param minute how many minutes after a minute of long ago
   */
  summary(minute: number, more?: Partial<Summary>): Summary;
  /** What the table has of its unicorns, whatever became of the rest of their names. */
  items(): Promise<Item[]>;
}

/** The first minute of made-up summaries: one where local time differs from UTC in summer as in winter. */
const LONG_AGO = Date.UTC(2026, 6, 14, 23, 30);

/** Makes up summaries for a check, and deletes what of them has come into the table. */
export function withProbe<T>(at: Workbench, use: (probe: Probe) => Promise<T>): Promise<T> {
  const mark = `check-${randomBytes(4).toString('hex')}`;
  const probe: Probe = {
    mark,
    summary: (minute, { Name = 'Rocinante', ...more } = {}) => ({
      Name: `${mark} ${Name}`,
      StatusTime: formatStatusTime(LONG_AGO + 60_000 * minute),
      Distance: 1_793.25,
      MinMagicPoints: 141,
      MaxMagicPoints: 152,
      MinHealthPoints: 147,
      MaxHealthPoints: 150,
      Readings: 60,
      ...more,
    }),
    items: () => itemsMarked(at, mark),
  };
  return tidily(
    at,
    () => use(probe),
    (patient) => deleteMarked(patient, mark),
  );
}

export function recordOf(summary: Summary): EventRecord {
  return { partitionKey: summary.Name, data: encodeSummary(summary) };
}

async function itemsMarked(at: Workbench, mark: string): Promise<Item[]> {
  const items: Item[] = [];
  const pages = paginateScan(
    { client: at.dynamodb },
    {
      TableName: at.names.table,
      ConsistentRead: true,
      FilterExpression: 'begins_with(#name, :mark)',
      ExpressionAttributeNames: { '#name': 'Name' },
      ExpressionAttributeValues: { ':mark': { S: mark } },
    },
  );
  for await (const { Items = [] } of pages) items.push(...Items);
  return items;
}

/** A table that is throttled, or that takes a moment after a fault, is asked again. */
async function deleteMarked(at: Workbench, mark: string): Promise<void> {
  await until(at, 'for the items of the check to be deleted', 300, async () => {
    const items = await itemsMarked(at, mark);
    for (let from = 0; from < items.length; from += 25) {
      const requests = items.slice(from, from + 25).map(({ Name, StatusTime }) => ({
        DeleteRequest: { Key: { Name: Name!, StatusTime: StatusTime! } },
      }));
      try {
        await at.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [at.names.table]: requests } }));
      } catch (error) {
        if ((error as Error).name !== 'ProvisionedThroughputExceededException') throw error;
      }
    }
    return items.length === 0 ? true : undefined;
  });
}

/**
 * In what an item differs from its summary, in words; undefined if in nothing. How many readings are in a minute need
 * not be in the table, and what else the item has is its own.
 */
export function difference(summary: StoredSummary, item: Item): string | undefined {
  for (const [name, wanted] of Object.entries(summary)) {
    const value = item[name];
    if (value === undefined) {
      if (name === 'Readings') continue;
      return `it has no ${name}`;
    }
    if (typeof wanted === 'string') {
      if (value.S !== wanted) return `its ${name} is ${shown(value)} instead of ${quote(wanted)}`;
    } else if (value.N === undefined) {
      return `its ${name} is ${shown(value)} instead of the number ${wanted}`;
    } else if (Number(value.N) !== wanted) {
      return `its ${name} is ${value.N} instead of ${wanted}`;
    }
  }
  return undefined;
}

function shown(value: AttributeValue): string {
  if (value.S !== undefined) return `the string ${quote(value.S)}`;
  return value.N ?? `a value of the type ${Object.keys(value)[0]}`;
}

/** Where a summary is in the table. */
export function keyOf({ Name, StatusTime }: Pick<StoredSummary, 'Name' | 'StatusTime'>): string {
  return `${StatusTime} ${Name}`;
}

export function keyOfItem({ Name, StatusTime }: Item): string {
  return `${StatusTime?.S} ${Name?.S}`;
}

/** Items by their keys. */
export function byKey(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [keyOfItem(item), item]));
}
