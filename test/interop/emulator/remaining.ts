import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AWSCLI, pythonEnvironment } from '../python.ts';
import { EMULATOR_REGION } from './aws.ts';
import type { Emulator } from './emulator.ts';

/**
 * How each kind of resource is listed: a command, and where its answer holds what. Service by service, since the
 * emulator's tagging service still tells of tables that are gone.
 */
const LISTINGS = {
  stack: ['cloudformation', 'describe-stacks', 'Stacks[].StackName'],
  export: ['cloudformation', 'list-exports', 'Exports[].Name'],
  stream: ['kinesis', 'list-streams', 'StreamNames'],
  table: ['dynamodb', 'list-tables', 'TableNames'],
  role: ['iam', 'list-roles', 'Roles[].RoleName'],
  function: ['lambda', 'list-functions', 'Functions[].FunctionName'],
  mapping: ['lambda', 'list-event-source-mappings', 'EventSourceMappings[].UUID'],
  'log group': ['logs', 'describe-log-groups', 'logGroups[].logGroupName'],
  topic: ['sns', 'list-topics', 'Topics[].TopicArn'],
  subscription: ['sns', 'list-subscriptions', 'Subscriptions[].SubscriptionArn'],
  queue: ['sqs', 'list-queues', 'QueueUrls'],
  bucket: ['s3api', 'list-buckets', 'Buckets[].Name'],
  delivery: ['firehose', 'list-delivery-streams', 'DeliveryStreamNames'],
  alarm: ['cloudwatch', 'describe-alarms', 'MetricAlarms[].AlarmName'],
  dashboard: ['cloudwatch', 'list-dashboards', 'DashboardEntries[].DashboardName'],
  database: ['glue', 'get-databases', 'DatabaseList[].Name'],
  workgroup: ['athena', 'list-work-groups', 'WorkGroups[].Name'],
  domain: ['opensearch', 'list-domain-names', 'DomainNames[].DomainName'],
  parameter: ['ssm', 'describe-parameters', 'Parameters[].Name'],
} as const;

/** Everything that there is, by kind; kinds of which there is nothing are left out. Names are in order. */
export async function remaining({
  endpoint,
}: Pick<Emulator, 'endpoint'>): Promise<Readonly<Record<string, readonly string[]>>> {
  const asked = promisify(execFile)(
    join(pythonEnvironment(AWSCLI), 'python'),
    [join(import.meta.dirname, 'listings.py'), endpoint, EMULATOR_REGION],
    { env: { PATH: process.env.PATH ?? '' } },
  );
  asked.child.stdin!.end(JSON.stringify(LISTINGS));
  const found = JSON.parse((await asked).stdout) as Record<string, string[]>;
  return Object.fromEntries(
    Object.entries(found)
      .filter(([, names]) => names.length > 0)
      .map(([kind, names]) => [kind, names.sort()]),
  );
}
