import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../infra/local/cloud.ts';
import { atLocalPort, clientConfig } from '../infra/target.ts';
import { systemClock } from '../telemetry/clock.ts';
import { freePort, wildrydes } from '../test/kit.ts';
import { localEnvironment } from './shell/environment.ts';

/** Commands that name something of a deployment, at a cloud with two empty buckets and nothing else. */

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  const s3 = new S3Client({ ...clientConfig(atLocalPort(cloud.port, undefined)), forcePathStyle: true });
  for (const Bucket of ['alice-wildrydes-archive', 'my-own-one']) {
    await s3.send(new CreateBucketCommand({ Bucket }));
  }
  s3.destroy();
});
afterAll(() => cloud?.close());

/** What a shell of this prefix has in its environment, towards the local cloud at a port. */
function shell(port: number, prefix: string): Readonly<Record<string, string>> {
  const none = { config: '/dev/null', credentials: '/dev/null' };
  return localEnvironment({}, port, none, prefix).values;
}

/** Types a command in a shell without a prefix, which leads to the cloud. */
const typed = (...args: readonly string[]) => wildrydes(args, shell(cloud.port, '')).finished;

/** Each command but the producer, whose plan has tests of its own; what it means for alice, and the option that names such a thing as a whole. */
const COMMANDS = [
  [['consumer'], 'alice-wildrydes', '--stream'],
  [['backfill', '--search', 'http://127.0.0.1:1'], 'alice-UnicornSensorData', '--table'],
  [['aggregation', 'status'], 'alice-wildrydes-aggregation', '--application'],
  [['query', '--archive', 'SELECT 1'], 'alice-wildrydes-archive', '--bucket'],
  [['query', '--name', 'Rocinante'], 'alice-UnicornSensorData', undefined],
] as const;

/** That a command does not find the thing of this name, or finds it empty. */
function without(name: string) {
  const stderr = expect.stringMatching(new RegExp(`(?<![\\w-])${name}(?![\\w-])`));
  return expect.objectContaining({ status: 3, stderr });
}

test.each(COMMANDS)('%j has --prefix, and asks for %s', async (command, name) => {
  expect(await typed(...command, '--prefix', 'alice')).toEqual(without(name));
});

test.each(COMMANDS)('%j asks for %s in a shell of this prefix, too', async (command, name) => {
  expect(await wildrydes(command, shell(cloud.port, 'alice-')).finished).toEqual(without(name));
});

test('a shell of a prefix is no reason to look for it in another cloud', async () => {
  const elsewhere = ['query', '--name', 'Rocinante', '--port', String(cloud.port)];
  const asked = await wildrydes(elsewhere, shell(await freePort(), 'alice-')).finished;
  expect(asked).toEqual(without('UnicornSensorData'));
  expect(asked.stderr).not.toContain('alice');
});

test.each(COMMANDS.filter(([, , option]) => option !== undefined))(
  '%j takes a whole name as it is, and not beside a prefix: not %s',
  async (command, _, option) => {
    const whole = [String(option), 'my-own-one'];
    expect(await typed(...command, ...whole)).toEqual(without('my-own-one'));
    const inShell = wildrydes([...command, ...whole], shell(cloud.port, 'alice-')).finished;
    expect(await inShell).toEqual(without('my-own-one'));
    const both = await typed(...command, ...whole, '--prefix', 'alice');
    expect(both).toMatchObject({ status: 2, stderr: expect.stringContaining(`${option} is a whole name`) });
  },
);

test('a query finds what is in the table of a prefix', async () => {
  const client = new DynamoDBClient(clientConfig(atLocalPort(cloud.port, undefined)));
  const TableName = 'bob-UnicornSensorData';
  const keys = { Name: 'HASH', StatusTime: 'RANGE' } as const;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: Object.keys(keys).map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: Object.entries(keys).map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
    }),
  );
  const StatusTime = '2026-05-01 09:00:00.000';
  const Item = { Name: { S: 'Rocinante' }, StatusTime: { S: StatusTime }, Readings: { N: '60' } };
  await client.send(new PutItemCommand({ TableName, Item }));
  client.destroy();
  const { status, stdout } = await typed('query', '--name', 'Rocinante', '--json', '--prefix', 'bob');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ Name: 'Rocinante', StatusTime, Readings: 60 });
});
