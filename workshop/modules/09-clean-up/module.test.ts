import { join } from 'node:path';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { cloudFormationOf } from '../../../infra/aws/account/cloudformation-fixture.ts';
import { folderOf } from '../../guide/places.ts';
import { ensureFunction, ensureMapping } from '../../install/functions.ts';
import { ensureRole } from '../../install/roles.ts';
import { ensureStream } from '../../install/streams.ts';
import { ensureTable } from '../../install/tables.ts';
import { namesWith } from '../../names.ts';
import { checkOf, workshopCloud } from '../../testing.ts';
import { firstLambda } from '../02-first-lambda/module.ts';
import { MODULES } from '../index.ts';
import { leftovers } from './leftovers.ts';
import { cleanUp } from './module.ts';

test('in an empty cloud nothing is left, and what is somebody else’s is none of the workshop’s', async () => {
  const at = await workshopCloud();
  await ensureStream(at, 'orders');
  await ensureStream(at, 'alice-wildrydes');
  await ensureRole(at, { name: 'admin', service: 'lambda.amazonaws.com' });
  expect(await checkOf(cleanUp, 'nothing', at)).toMatchObject({
    verdict: 'passed',
    found: 'nothing is left',
  });
});

test('each kind of thing that is left is named, with what deletes it; what feeds something comes first', async () => {
  const at = await workshopCloud();
  const { names } = at;
  const roleArn = await ensureRole(at, { name: names.processorRole, service: 'lambda.amazonaws.com' });
  await ensureStream(at, names.readings);
  await ensureTable(at, names.table, 'Name', 'StatusTime');
  const source = join(folderOf(firstLambda), 'solution/kinesisEventLogger.js');
  await ensureFunction(at, { name: names.processor, source, roleArn });
  await ensureMapping(at, {
    FunctionName: names.processor,
    EventSourceArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${names.readings}`,
    StartingPosition: 'LATEST',
  });
  await at.sns.send(new CreateTopicCommand({ Name: names.topic }));
  await at.logs.send(new CreateLogGroupCommand({ logGroupName: `/aws/lambda/${names.alert}` }));
  await at.s3.send(new CreateBucketCommand({ Bucket: `${names.application}-000000000000-us-east-1` }));
  await ensureStream(at, 'check-poison');
  const left = await leftovers(at);
  expect(left.map(({ what }) => what)).toEqual([
    'a mapping from wildrydes to WildRydesStreamProcessor',
    'the function WildRydesStreamProcessor',
    'the stream check-poison',
    'the stream wildrydes',
    'the table UnicornSensorData',
    'the topic wildrydes-alerts',
    'the role WildRydesStreamProcessorRole',
    'the log group /aws/lambda/WildRydesLowMagicAlert',
    'the bucket wildrydes-aggregation-000000000000-us-east-1',
  ]);
  for (const { remove } of left) expect(remove).toMatch(/^aws [a-z0-9]+ (delete-|rb )/);
  expect(await checkOf(cleanUp, 'nothing', at)).toMatchObject({
    verdict: 'not yet',
    found: expect.stringContaining(', and 1 more'),
    next: left[0]?.remove,
  });
});

test('what was deployed is named before its parts, and goes by the command that deployed it', async () => {
  const cloud = await workshopCloud();
  await ensureStream(cloud, 'alice-wildrydes');
  const { client } = await cloudFormationOf([
    { name: 'alice-wildrydes-Streaming', status: 'CREATE_COMPLETE' },
    { name: 'alice-wildrydes-Processing', status: 'ROLLBACK_COMPLETE' },
    { name: 'alice-wildrydes-Alerting', status: 'DELETE_COMPLETE', deleted: '2026-11-28T00:00:00Z' },
    { name: 'alice-orders', status: 'CREATE_COMPLETE' },
    { name: 'wildrydes-Streaming', status: 'CREATE_COMPLETE' },
  ]);
  const target = { kind: 'aws', region: 'us-west-2' } as const;
  const at = { ...cloud, target, names: namesWith('alice-'), cloudFormation: client };
  const destroy = './wildrydes destroy --prefix alice --region us-west-2';
  expect(await leftovers(at)).toEqual([
    { what: 'the stack alice-wildrydes-Streaming', remove: destroy },
    { what: 'the stack alice-wildrydes-Processing', remove: destroy },
    expect.objectContaining({ what: 'the stream alice-wildrydes' }),
  ]);
  expect(await checkOf(cleanUp, 'nothing', at)).toMatchObject({ verdict: 'not yet', next: destroy });
  const alone = { ...at, names: namesWith('') };
  expect(await leftovers(alone)).toEqual([
    { what: 'the stack wildrydes-Streaming', remove: './wildrydes destroy --region us-west-2' },
  ]);
});

test('what the modules install, they take away again', async () => {
  const at = await workshopCloud();
  for (const module of MODULES) await module.install(at);
  expect((await leftovers(at)).length).toBeGreaterThan(0);
  for (const module of [...MODULES].reverse()) await module.remove(at);
  expect(await leftovers(at)).toEqual([]);
});
