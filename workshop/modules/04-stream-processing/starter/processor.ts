import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { KinesisStreamEvent } from 'aws-lambda';

/** What a record of wildrydes-aggregated holds, and what an item of the table is to hold. */
interface Summary {
  readonly Name: string;
  readonly StatusTime: string;
  readonly Distance: number;
  readonly MinMagicPoints: number;
  readonly MaxMagicPoints: number;
  readonly MinHealthPoints: number;
  readonly MaxHealthPoints: number;
  readonly Readings?: number;
}

const tableName = process.env.TABLE_NAME ?? '';

// Takes and gives plain values: { Name: 'Rocinante' } in place of { Name: { S: 'Rocinante' } }.
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** Lambda calls this with up to 100 records. */
export async function handler(event: KinesisStreamEvent): Promise<void> {
  const summaries = event.Records.map(({ kinesis }) => readSummary(kinesis.data));
  await write(summaries);
  console.log(`${event.Records.length} records`);
}

/** @param data the bytes of a record in base64: UTF-8 text, which is one JSON object */
function readSummary(data: string): Summary {
  // TODO: decode the data, and parse it.
  return { Name: data } as Summary;
}

/** Puts summaries into the table, an item each. */
async function write(summaries: readonly Summary[]): Promise<void> {
  // TODO: send them to the table by BatchWriteCommand, of @aws-sdk/lib-dynamodb. How many does one request take?
  console.log(`${summaries.length} summaries are not written to ${tableName} by ${table.constructor.name}`);
}
