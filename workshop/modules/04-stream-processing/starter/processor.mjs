import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

const tableName = process.env.TABLE_NAME ?? '';

// Takes and gives plain values: { Name: 'Rocinante' } in place of { Name: { S: 'Rocinante' } }.
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** Lambda calls this with up to 100 records. */
export async function handler(event) {
  const summaries = event.Records.map(({ kinesis }) => readSummary(kinesis.data));
  await write(summaries);
  console.log(`${event.Records.length} records`);
}

/**
 * What a record of wildrydes-aggregated holds, and what an item of the table is to hold: Name, StatusTime, Distance,
 * MinMagicPoints, MaxMagicPoints, MinHealthPoints, MaxHealthPoints and Readings.
 *
 * @param data the bytes of a record in base64: UTF-8 text, which is one JSON object
 */
function readSummary(data) {
  // TODO: decode the data, and parse it.
  return { Name: data };
}

/** Puts summaries into the table, an item each. */
async function write(summaries) {
  // TODO: send them to the table by BatchWriteCommand, of @aws-sdk/lib-dynamodb. How many does one request take?
  console.log(`${summaries.length} summaries are not written to ${tableName} by ${table.constructor.name}`);
}
