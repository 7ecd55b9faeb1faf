import type { KinesisStreamEvent } from 'aws-lambda';

export const handler = async (event: KinesisStreamEvent): Promise<void> => {
  for (const { kinesis } of event.Records) {
    console.log('Decoded payload:', Buffer.from(kinesis.data, 'base64').toString('utf8'));
  }
};
