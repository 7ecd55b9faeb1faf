import { join } from 'node:path';
import { DescribeTableCommand, paginateListTables } from '@aws-sdk/client-dynamodb';
import { paginateListRoles } from '@aws-sdk/client-iam';
import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import { paginateListFunctions } from '@aws-sdk/client-lambda';
import { PROJECT_ROOT } from '../../../../infra/project.ts';
import { ensureFunction, ensureMapping, removeFunction } from '../../../install/functions.ts';
import { ensureRole, removeRole } from '../../../install/roles.ts';
import { ensureTable, removeTable } from '../../../install/tables.ts';
import { ensureTopic, removeTopic } from '../../../install/topics.ts';
import type { Workbench } from '../../../workbench.ts';
import { SCRATCH } from './ear.ts';

const SOLUTION = join(PROJECT_ROOT, 'workshop', 'modules', '04-stream-processing', 'solution', 'alert.ts');

const MANAGED = 'arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole';

/** Makes what the extra credit leaves behind: topic, table, role, function and mapping. The stream must be there. */
export async function installAlert(at: Workbench): Promise<void> {
  const { topic, alertTable, alertRole, alert, readings } = at.names;
  const topicArn = await ensureTopic(at, topic);
  await ensureTable(at, alertTable, 'Name');
  const { Table } = await at.dynamodb.send(new DescribeTableCommand({ TableName: alertTable }));
  const roleArn = await ensureRole(at, {
    name: alertRole,
    service: 'lambda.amazonaws.com',
    attached: [MANAGED],
    inline: {
      alert: [
        { Effect: 'Allow', Action: 'sns:Publish', Resource: topicArn },
        { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: Table?.TableArn },
      ],
    },
  });
  await ensureFunction(at, {
    name: alert,
    source: SOLUTION,
    roleArn,
    environment: { TOPIC_ARN: topicArn, ALERTS_TABLE: alertTable },
  });
  const stream = await at.kinesis.send(new DescribeStreamSummaryCommand({ StreamName: readings }));
  await ensureMapping(at, {
    FunctionName: alert,
    EventSourceArn: stream.StreamDescriptionSummary?.StreamARN ?? '',
    StartingPosition: 'LATEST',
    BatchSize: 100,
  });
}

/** Deletes all of it, and what a check has left that was killed. */
export async function removeAlert(at: Workbench): Promise<void> {
  const { topic, alertTable, alertRole, alert } = at.names;
  await removeFunction(at, alert);
  await removeRole(at, alertRole);
  await removeTable(at, alertTable);
  await removeTopic(at, topic);
  await sweep(at);
}

/** A check cleans up after itself unless it is killed. */
async function sweep(at: Workbench): Promise<void> {
  const isScratch = (name = '') => name.startsWith(`${at.names.prefix}${SCRATCH}`);
  for await (const { Functions = [] } of paginateListFunctions({ client: at.lambda }, {})) {
    for (const { FunctionName } of Functions) {
      if (isScratch(FunctionName)) await removeFunction(at, FunctionName ?? '');
    }
  }
  for await (const { Roles = [] } of paginateListRoles({ client: at.iam }, {})) {
    for (const { RoleName } of Roles) {
      if (isScratch(RoleName)) await removeRole(at, RoleName ?? '');
    }
  }
  for await (const { TableNames = [] } of paginateListTables({ client: at.dynamodb }, {})) {
    for (const name of TableNames) {
      if (isScratch(name)) await removeTable(at, name);
    }
  }
}
