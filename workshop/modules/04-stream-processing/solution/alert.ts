import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';

const { ALERTS_TABLE, TOPIC_ARN } = process.env;

const dynamodb = new DynamoDBClient({});
const sns = new SNSClient({});

/** What a reading or a summary says of a unicorn's magic. */
interface Magic {
  readonly name: string;
  /** UTC, `YYYY-MM-DD HH:MM:SS.mmm`: later times are greater texts. */
  readonly time: string;
  readonly points: number;
}

/** Whether a unicorn's episode is open, and the time of the reading that opened or ended it. */
interface State {
  readonly low: boolean;
  readonly changed: string;
}

/** What fails here comes again: Lambda repeats the batch, and what was settled of it changes nothing any more. */
export async function handler(event: KinesisStreamEvent): Promise<void> {
  const states = new Map<string, State>();
  for (const record of event.Records) {
    const magic = decode(record);
    if (magic === undefined) continue;
    const before = states.get(magic.name) ?? (await load(magic.name));
    const after = next(before, magic);
    states.set(magic.name, after);
    if (after === before) continue;
    // In this order: if the message cannot be sent, nothing says that it was.
    if (after.low) await alert(magic);
    await save(magic.name, after);
  }
}

/** A record that is no reading would fail again each time: it is logged, and passed over. */
function decode({ kinesis }: KinesisStreamRecord): Magic | undefined {
  try {
    const json = JSON.parse(Buffer.from(kinesis.data, 'base64').toString('utf8'));
    const { Name: name, StatusTime: time, MagicPoints, MinMagicPoints } = json;
    const points = MagicPoints ?? MinMagicPoints;
    if (typeof name === 'string' && typeof time === 'string' && typeof points === 'number')
      return { name, time, points };
  } catch {
    // Told below, like what is JSON and no reading.
  }
  console.warn(`record ${kinesis.sequenceNumber} is no reading`);
  return undefined;
}

/** The same state if nothing changes: what is not newer than the last change has been seen before. */
function next(state: State, { time, points }: Magic): State {
  if (time <= state.changed) return state;
  if (!state.low && points < 50) return { low: true, changed: time };
  if (state.low && points >= 55) return { low: false, changed: time };
  return state;
}

async function load(name: string): Promise<State> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: ALERTS_TABLE, Key: { Name: { S: name } }, ConsistentRead: true }),
  );
  return { low: Item?.Low?.BOOL ?? false, changed: Item?.StatusTime?.S ?? '' };
}

async function alert({ name, time, points }: Magic): Promise<void> {
  const Message = `${name} is low on magic: ${points} points at ${time} UTC`;
  await sns.send(new PublishCommand({ TopicArn: TOPIC_ARN, Message }));
  console.log(Message);
}

/** A state never takes the place of a newer one. */
async function save(name: string, { low, changed }: State): Promise<void> {
  try {
    await dynamodb.send(
      new PutItemCommand({
        TableName: ALERTS_TABLE,
        Item: { Name: { S: name }, Low: { BOOL: low }, StatusTime: { S: changed } },
        ConditionExpression: 'attribute_not_exists(StatusTime) OR StatusTime < :changed',
        ExpressionAttributeValues: { ':changed': { S: changed } },
      }),
    );
  } catch (error) {
    // Whoever has written it has alerted too.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
