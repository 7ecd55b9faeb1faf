import { DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientConfig, type Target } from '../../infra/target.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { TABLES } from '../../telemetry/topology.ts';

/** Most keys of one BatchGetItem request, https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const KEYS_PER_REQUEST = 100;

/** Reads summaries back from the table, by key. */
export interface TableReader {
  /** The summaries of one minute that are in the table, of those unicorns. `minute`: its start, milliseconds since the epoch. */
  read(minute: number, names: readonly string[]): Promise<Summary[]>;
  close(): void;
}

/** A reader of `UnicornSensorData` at a target. A table that does not exist has no items. */
export function createTableReader(target: Target): TableReader {
  const client = new DynamoDBClient(clientConfig(target));
  const documents = DynamoDBDocumentClient.from(client);
  return {
    async read(minute, names) {
      const statusTime = formatStatusTime(minute);
      const found: Summary[] = [];
      for (let from = 0; from < names.length; from += KEYS_PER_REQUEST) {
        const keys = names
          .slice(from, from + KEYS_PER_REQUEST)
          .map((Name) => ({ Name, StatusTime: statusTime }));
        found.push(...(await readKeys(documents, keys)));
      }
      return found;
    },
    close: () => client.destroy(),
  };
}

/** Keys that the table left unprocessed are simply not found this time: whoever follows a run asks again. */
async function readKeys(
  documents: DynamoDBDocumentClient,
  keys: Record<string, string>[],
): Promise<Summary[]> {
  const table = TABLES.summaries.name;
  try {
    const answer = await documents.send(new BatchGetCommand({ RequestItems: { [table]: { Keys: keys } } }));
    return (answer.Responses?.[table] ?? []) as Summary[];
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}
