import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';

// Both come from the function's configuration. The table is not used yet.
const { ALERTS_TABLE, TOPIC_ARN } = process.env;

const dynamodb = new DynamoDBClient({});
const sns = new SNSClient({});

// What a reading or a summary says of a unicorn's magic: { name, time, points }. The time is UTC,
// `YYYY-MM-DD HH:MM:SS.mmm`: later times are greater texts.

/** Lambda calls it with a batch of records. When it fails, the same batch comes again. */
export async function handler(event) {
  for (const record of event.Records) {
    const magic = decode(record);
    // TODO: an episode opens with the first value below 50, and ends with a value of 55 or more.
    // TODO: alert when an episode opens, and not again while it lasts, even if this environment is new.
    // TODO: records come again, older ones too. They must change nothing.
    // TODO: an alert that cannot be published must not be lost.
    console.log(magic, ALERTS_TABLE, dynamodb.config.serviceId);
  }
}

/** Reads a record of either stream. */
function decode({ kinesis }) {
  // TODO: one record that is no reading must not keep the others from being handled.
  const json = JSON.parse(Buffer.from(kinesis.data, 'base64').toString('utf8'));
  return { name: json.Name, time: json.StatusTime, points: json.MagicPoints ?? json.MinMagicPoints };
}

/** Tells operations. TODO: call it. */
export async function alert({ name, time, points }) {
  const Message = `${name} is low on magic: ${points} points at ${time} UTC`;
  await sns.send(new PublishCommand({ TopicArn: TOPIC_ARN, Message }));
}
