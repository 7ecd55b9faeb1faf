// What the wrong ones are made of: one that is right, each part of which can be made wrong.
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';

const { ALERTS_TABLE, TOPIC_ARN } = process.env;

const dynamodb = new DynamoDBClient({});
const sns = new SNSClient({});

export function decode({ kinesis }) {
  try {
    return decodeStrictly({ kinesis });
  } catch {
    return undefined;
  }
}

export function decodeStrictly({ kinesis }, encoding = 'utf8') {
  const json = JSON.parse(Buffer.from(kinesis.data, 'base64').toString(encoding));
  const points = json.MagicPoints ?? json.MinMagicPoints;
  if (typeof json.Name !== 'string' || typeof points !== 'number') throw new TypeError('no reading');
  const health = json.HealthPoints ?? json.MinHealthPoints;
  return { name: json.Name, time: json.StatusTime, points, health };
}

export function next(state, { time, points }, { fire = 50, recover = 55 } = {}) {
  if (time <= state.changed) return state;
  if (!state.low && points < fire) return { low: true, changed: time };
  if (state.low && points >= recover) return { low: false, changed: time };
  return state;
}

export async function load(name) {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: ALERTS_TABLE, Key: { Name: { S: name } }, ConsistentRead: true }),
  );
  return { low: Item?.Low?.BOOL ?? false, changed: Item?.StatusTime?.S ?? '' };
}

export async function save(name, { low, changed }) {
  await dynamodb.send(
    new PutItemCommand({
      TableName: ALERTS_TABLE,
      Item: { Name: { S: name }, Low: { BOOL: low }, StatusTime: { S: changed } },
    }),
  );
}

export const textOf = ({ name, points }) => `${name} is low on magic: ${points} points`;

export async function publish(Message, TopicArn = TOPIC_ARN) {
  await sns.send(new PublishCommand({ TopicArn, Message }));
}

/** A handler with some parts replaced. */
export function alertWith(parts) {
  const { decode, next, load, save, textOf, publish } = { ...RIGHT, ...parts };
  return async ({ Records }) => {
    for (const record of Records) {
      const magic = decode(record);
      if (magic === undefined) continue;
      const before = await load(magic.name);
      const after = next(before, magic);
      if (after === before) continue;
      if (after.low) await publish(textOf(magic));
      await save(magic.name, after);
    }
  };
}

const RIGHT = { decode, next, load, save, textOf, publish };
