import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { SNSEvent } from 'aws-lambda';

const dynamodb = new DynamoDBClient({});

/**
 * The scratch function of the check: writes down what a topic tells it. SNS may tell a thing twice, and the message's id
 * is the key, so that it counts once.
 */
export async function handler({ Records }: SNSEvent): Promise<void> {
  for (const { Sns } of Records) {
    await dynamodb.send(
      new PutItemCommand({
        TableName: process.env.HEARD,
        Item: { Id: { S: Sns.MessageId }, Text: { S: `${Sns.Subject ?? ''}\n${Sns.Message}` } },
      }),
    );
  }
}
