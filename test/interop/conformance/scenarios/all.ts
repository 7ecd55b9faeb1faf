import type { Scenario } from '../scenario.ts';
import { KINESIS_CONSUMERS } from './kinesis-consumers.ts';
import { KINESIS_RECORDS } from './kinesis-records.ts';
import { KINESIS_SETTINGS } from './kinesis-settings.ts';
import { KINESIS_SHARDS } from './kinesis-shards.ts';
import { KINESIS_STREAMS } from './kinesis-streams.ts';

/** All scenarios, by the service that they are about. A new service is a file and a line here. */
export const SCENARIOS: Readonly<Record<string, readonly Scenario[]>> = {
  kinesis: [
    ...KINESIS_STREAMS,
    ...KINESIS_RECORDS,
    ...KINESIS_SHARDS,
    ...KINESIS_SETTINGS,
    ...KINESIS_CONSUMERS,
  ],
};

/** What scenarios call a service, by its title in the local cloud. */
export const TITLES: Readonly<Record<string, string>> = {
  'Kinesis Data Streams': 'kinesis',
  DynamoDB: 'dynamodb',
  'DynamoDB Streams': 'dynamodbstreams',
  Lambda: 'lambda',
  SNS: 'sns',
};

/** Operations that no scenario calls, and why. */
export const NOT_HERE: Readonly<Record<string, string>> = {};
