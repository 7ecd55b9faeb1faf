// Wrong: the bad record alone comes again, but does so until it expires.
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

const tableName = process.env.TABLE_NAME ?? '';
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export async function handler({ Records }) {
  const bad = [];
  const left = await write(latestOfEachKey(Records, bad));
  return {
    batchItemFailures: [...bad, ...left].map(({ sequenceNumber }) => ({ itemIdentifier: sequenceNumber })),
  };
}

function latestOfEachKey(records, bad) {
  const entries = new Map();
  for (const { kinesis } of records) {
    try {
      const item = readSummary(kinesis.data);
      entries.set(`${item.StatusTime} ${item.Name}`, { sequenceNumber: kinesis.sequenceNumber, item });
    } catch (error) {
      console.error(error.message);
      bad.push({ sequenceNumber: kinesis.sequenceNumber });
    }
  }
  return [...entries.values()];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

const NUMBERS = ['Distance', 'MinMagicPoints', 'MaxMagicPoints', 'MinHealthPoints', 'MaxHealthPoints'];

function readSummary(data) {
  const summary = JSON.parse(utf8.decode(Buffer.from(data, 'base64')));
  const { Name, StatusTime } = Object(summary);
  if (typeof Name !== 'string' || Name === '' || Name.length > 256) throw new Error('it has no Name');
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:00\.000$/.test(StatusTime)) throw new Error('it is of no minute');
  const missing = NUMBERS.find((name) => !isAmount(summary[name]));
  if (missing !== undefined) throw new Error(`it has no ${missing}`);
  return summary;
}

function isAmount(value) {
  return typeof value === 'number' && Math.abs(value) < 2 ** 53;
}

const MOST = 25;

async function write(entries) {
  const left = [];
  for (let from = 0; from < entries.length; from += MOST) {
    left.push(...(await writeRequest(entries.slice(from, from + MOST))));
  }
  return left;
}

const ATTEMPTS = 5;

async function writeRequest(entries) {
  let left = [...entries];
  try {
    for (let attempt = 0; left.length > 0 && attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await pause(Math.random() * 50 * 2 ** attempt);
      const requests = left.map(({ item }) => ({ PutRequest: { Item: item } }));
      const { UnprocessedItems } = await table.send(
        new BatchWriteCommand({ RequestItems: { [tableName]: requests } }),
      );
      const unprocessed = new Set(
        UnprocessedItems?.[tableName]?.map(({ PutRequest }) => keyOf(PutRequest?.Item)),
      );
      left = left.filter(({ item }) => unprocessed.has(keyOf(item)));
    }
  } catch (error) {
    console.error(`${left.length} summaries wait:`, error);
  }
  return left;
}

function keyOf(item) {
  return `${item?.StatusTime} ${item?.Name}`;
}
