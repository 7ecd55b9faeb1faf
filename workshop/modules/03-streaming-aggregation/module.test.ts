import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ListStreamsCommand } from '@aws-sdk/client-kinesis';
import {
  CreateApplicationCommand,
  ListApplicationsCommand,
  StartApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { ensureRole } from '../../install/roles.ts';
import { ensureStream, removeStream } from '../../install/streams.ts';
import { namesWith } from '../../names.ts';
import { checkOf, eventually, inOneShard, put, ridden, workshopCloud } from '../../testing.ts';
import type { Workbench } from '../../workbench.ts';
import { FAULTY_RIDE } from './experiments.ts';
import { wanted } from './install.ts';
import { streamingAggregation as module } from './module.ts';

const check = (step: string, at: Workbench) => checkOf(module, step, at);

/** How long the engine may take until what it writes is in the stream. */
const SOON = { timeout: 20_000, interval: 200 };

test('each step has three hints, and nothing passes in an empty cloud', async () => {
  const at = await workshopCloud();
  for (const { name, hints } of module.steps) {
    expect(new Set(hints).size, name).toBe(3);
    expect(await check(name, at), name).toMatchObject({ verdict: 'not yet', found: 'there is none' });
  }
});

test('nothing but what is done passes, with the streams of module 1 alone', async () => {
  const at = await workshopCloud();
  for (const name of [at.names.readings, at.names.summaries, at.names.quarantine])
    await ensureStream(at, name);
  const verdicts: Record<string, string> = {};
  for (const { name } of module.steps) verdicts[name] = (await check(name, at)).verdict;
  expect(verdicts.streams).toBe('passed');
  expect(new Set(Object.values(verdicts).slice(1))).toEqual(new Set(['not yet']));
});

test.each(['', 'ada-'])(
  'each step passes once it is done, with the prefix "%s", and what was made can be removed',
  async (prefix) => {
    const cloud = await workshopCloud();
    const at = { ...cloud, names: namesWith(prefix) };
    await module.install(at);
    for (const step of ['streams', 'role', 'application', 'running']) {
      expect(await check(step, at), step).toMatchObject({ verdict: 'passed' });
    }
    expect(await check('summaries', at)).toMatchObject({
      verdict: 'not yet',
      found: 'no readings of Rocinante',
    });
    expect(await check('duplicates', at)).toMatchObject({
      verdict: 'not yet',
      next: `./producer --name Bucephalus --stream ${prefix}wildrydes --seed 12 --fault late=0.3,duplicate=0.2,malformed=0.1 --duration 75s`,
    });

    await put(at, at.names.readings, await rides());
    await eventually(async () => {
      expect(await check('summaries', at)).toMatchObject({
        verdict: 'passed',
        found: expect.stringMatching(/both say 60 readings, \d+\.\d+ m, magic points from \d+ to \d+/),
      });
    }, SOON);
    expect(await check('duplicates', at)).toMatchObject({
      verdict: 'passed',
      found: expect.stringMatching(
        /\d+ of them with an instant that was there already, and the summary counts \d+/,
      ),
    });
    expect(await check('late', at)).toMatchObject({
      verdict: 'passed',
      found: expect.stringMatching(/came when the watermark was \d+\.\d s past the end of the minute/),
    });
    expect(await check('quarantine', at)).toMatchObject({
      verdict: 'passed',
      found: expect.stringMatching(
        /entr(y|ies); the last names \d+ of shardId-000000000000, and there it is/,
      ),
    });

    // On AWS the text has a bucket made for the Jar; emptied and deleted it must be too.
    const bucket = `${prefix}wildrydes-aggregation-000000000000-us-east-1`;
    await at.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await at.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: 'wildrydes-aggregation.jar', Body: 'code' }),
    );
    // What is there is left as it is.
    await module.install(at);
    await module.remove(at);
    await module.remove(at);
    expect(await left(at)).toEqual({
      streams: [at.names.readings],
      applications: [],
      roles: [],
      buckets: [],
    });
  },
  40_000,
);

describe('what is not right is named', () => {
  const NAMES = namesWith('');

  const roles: Record<
    string,
    { role: Partial<Parameters<typeof ensureRole>[1]>; verdict: string; found: string }
  > = {
    'a role that Lambda may assume': {
      role: { service: 'lambda.amazonaws.com' },
      verdict: 'wrong',
      found: 'lambda.amazonaws.com may assume it, and the service that runs the application may not',
    },
    'a role that may do nothing': { role: { inline: {} }, verdict: 'not yet', found: 'it may do nothing' },
    'a role for all of Kinesis': {
      role: { inline: { all: [{ Effect: 'Allow', Action: 'kinesis:*', Resource: '*' }] } },
      verdict: 'wrong',
      found: 'it allows kinesis:* on *: more than it does',
    },
    'a role for every stream': {
      role: { inline: { all: [{ Effect: 'Allow', Action: 'kinesis:GetRecords', Resource: '*' }] } },
      verdict: 'wrong',
      found: 'it allows kinesis:GetRecords on *: on other streams too',
    },
    'a role that may write to what it reads': {
      role: {
        inline: { write: [{ Effect: 'Allow', Action: 'kinesis:PutRecords', Resource: arn(NAMES.readings) }] },
      },
      verdict: 'wrong',
      found: 'it allows kinesis:PutRecords on wildrydes, which it only reads',
    },
    'a role with the table as well': {
      role: { inline: { more: [{ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: '*' }] } },
      verdict: 'wrong',
      found: 'it allows dynamodb:PutItem, which the application has no use for',
    },
    'a role that allows all but one thing': {
      role: { inline: { all: [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }] } },
      verdict: 'wrong',
      found: 'a statement says what it is not for, and allows all the rest',
    },
    'a role that cannot write to quarantine': {
      role: {
        inline: {
          some: [
            {
              Effect: 'Allow',
              Action: [
                'kinesis:DescribeStreamSummary',
                'kinesis:ListShards',
                'kinesis:GetShardIterator',
                'kinesis:GetRecords',
              ],
              Resource: arn(NAMES.readings),
            },
            { Effect: 'Allow', Action: 'kinesis:PutRecords', Resource: arn(NAMES.summaries) },
          ],
        },
      },
      verdict: 'wrong',
      found: 'it does not allow kinesis:PutRecords on wildrydes-quarantine',
    },
    'a role with a ready-made policy': {
      role: { attached: ['arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole'] },
      verdict: 'wrong',
      found: 'which is for all streams of the account',
    },
  };
  test.each(Object.entries(roles))('%s', async (_, { role, verdict, found }) => {
    const at = await withStreams();
    await ensureRole(at, { name: NAMES.applicationRole, service: 'kinesisanalytics.amazonaws.com', ...role });
    expect(await check('role', at)).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });

  const groups = (input: string, output: string, quarantine: string) => ({
    EnvironmentProperties: {
      PropertyGroups: Object.entries({
        InputStream0: input,
        OutputStream0: output,
        QuarantineStream0: quarantine,
      }).map(([PropertyGroupId, stream]) => ({ PropertyGroupId, PropertyMap: { 'stream.name': stream } })),
    },
  });
  const applications: Record<string, { changes: object; configuration?: object; found: string }> = {
    'an older Flink': { changes: { RuntimeEnvironment: 'FLINK-1_20' }, found: 'its runtime is FLINK-1_20' },
    'the role of somebody else': {
      changes: { ServiceExecutionRole: 'arn:aws:iam::000000000000:role/lambda-cli-role' },
      found: 'it works as the role lambda-cli-role',
    },
    'input and output exchanged': {
      changes: {},
      configuration: groups(NAMES.summaries, NAMES.readings, NAMES.quarantine),
      found: 'input and output are exchanged: it would read wildrydes-aggregated and write to wildrydes',
    },
    'output to another stream': {
      changes: {},
      configuration: groups(NAMES.readings, 'elsewhere', NAMES.quarantine),
      found: 'OutputStream0 names elsewhere',
    },
    'no property groups': {
      changes: {},
      configuration: { EnvironmentProperties: { PropertyGroups: [] } },
      found: 'InputStream0, OutputStream0, QuarantineStream0 are missing',
    },
    'no snapshots': {
      changes: {},
      configuration: { ApplicationSnapshotConfiguration: { SnapshotsEnabled: false } },
      found: 'snapshots are not enabled',
    },
    'no code': {
      changes: {},
      configuration: { ApplicationCodeConfiguration: undefined },
      found: 'it has no code',
    },
  };
  test.each(Object.entries(applications))(
    'an application with %s',
    async (_, { changes, configuration, found }) => {
      const at = await withStreams();
      await create(at, changes, configuration);
      expect(await check('application', at)).toMatchObject({
        verdict: 'wrong',
        found: expect.stringContaining(found),
      });
    },
  );

  test('a second application that writes to the same stream', async () => {
    const at = await withStreams();
    await create(at);
    await create(at, { ApplicationName: 'another' });
    expect(await check('application', at)).toMatchObject({
      verdict: 'wrong',
      found: 'another does, beside wildrydes-aggregation: each minute would come twice',
    });
  });

  test('an application that is not started', async () => {
    const at = await withStreams();
    await create(at);
    expect(await check('running', at)).toMatchObject({
      verdict: 'not yet',
      found: 'it is READY',
      next: './wildrydes aggregation start --application wildrydes-aggregation',
    });
  });

  test('an application without the stream of quarantine', async () => {
    const at = await withStreams();
    await create(at);
    await removeStream(at, NAMES.quarantine);
    expect(await check('streams', at)).toMatchObject({
      verdict: 'not yet',
      looked: 'the stream wildrydes-quarantine',
    });
    await at.analytics.send(
      new StartApplicationCommand({ ApplicationName: NAMES.application, RunConfiguration: {} }),
    );
    await eventually(async () => {
      expect(await check('running', at)).toMatchObject({
        verdict: 'wrong',
        found: expect.stringContaining('the stream wildrydes-quarantine does not exist'),
      });
    }, SOON);
  });
});

function arn(stream: string): string {
  return `arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`;
}

async function withStreams(): Promise<Workbench> {
  const at = await workshopCloud();
  for (const name of [at.names.readings, at.names.summaries, at.names.quarantine])
    await ensureStream(at, name);
  return at;
}

async function create(at: Workbench, changes: object = {}, configuration: object = {}): Promise<void> {
  const role = `arn:aws:iam::000000000000:role/${at.names.applicationRole}`;
  const whole = wanted(at, role, 'bucket');
  await at.analytics.send(
    new CreateApplicationCommand({
      ...whole,
      ApplicationConfiguration: { ...whole.ApplicationConfiguration, ...configuration },
      ...changes,
    }),
  );
}

/** Rocinante's ride of four minutes, and Bucephalus's with faults beside it, as they would have come. */
async function rides() {
  const before = Date.now() - 360_000;
  // 13 s after the start of a minute, so that every run sees the same.
  const start = before - (before % 60_000) + 13_000;
  const { name, seed, faults, seconds } = FAULTY_RIDE;
  return inOneShard(
    await ridden({ name: 'Rocinante', start, seconds: 240 }),
    await ridden({ name, start: start + 60_000, seconds, seed, faults }),
  ).map(({ partitionKey, data }) => ({ key: partitionKey, data }));
}

async function left(at: Workbench) {
  const { StreamNames: streams } = await at.kinesis.send(new ListStreamsCommand({}));
  const { ApplicationSummaries: applications } = await at.analytics.send(new ListApplicationsCommand({}));
  const { Roles: roles } = await at.iam.send(new ListRolesCommand({}));
  const { Buckets: buckets = [] } = await at.s3.send(new ListBucketsCommand({}));
  return { streams, applications, roles, buckets };
}
