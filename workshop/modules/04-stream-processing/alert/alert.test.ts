import { join } from 'node:path';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListRolesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { CreateTopicCommand, ListSubscriptionsCommand, ListTopicsCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLocal } from '../../../../infra/pipeline.ts';
import { systemClock } from '../../../../telemetry/clock.ts';
import { mappingsOf } from '../../../check/functions.ts';
import type { Finding, Verdict } from '../../../finding.ts';
import { runCheck } from '../../../guide/run-check.ts';
import { ensureMapping } from '../../../install/functions.ts';
import { ensureRole } from '../../../install/roles.ts';
import { ensureStream } from '../../../install/streams.ts';
import { ensureTable } from '../../../install/tables.ts';
import { pack } from '../../../pack.ts';
import { eventually } from '../../../testing.ts';
import { openWorkbench, type Workbench } from '../../../workbench.ts';
import { installAlert, removeAlert } from './install.ts';
import { alertStep } from './step.ts';

const check = (at: Workbench) => runCheck(alertStep, at);

let cloud: Awaited<ReturnType<typeof startLocal>>;
const opened: Workbench[] = [];

beforeAll(async () => {
  cloud = await startLocal({ port: 0, data: null, clock: systemClock, pipeline: false });
});

afterAll(async () => {
  for (const at of opened) at.close();
  await cloud.close();
});

/** A participant of a workshop in one cloud, who has done nothing yet. */
function participant(signal: AbortSignal = new AbortController().signal): Workbench {
  const prefix = `p${opened.length}-`;
  const options = { target: cloud.target, prefix, env: {}, folder: '', clock: systemClock, signal };
  const at = openWorkbench(options);
  opened.push(at);
  return at;
}

/** A participant who has done all of it, perhaps with other code than the solution's. */
async function solved(file?: string, at: Workbench = participant()): Promise<Workbench> {
  await ensureStream(at, at.names.readings);
  await installAlert(at);
  if (file !== undefined) await replaceCode(at, file);
  return at;
}

async function replaceCode(at: Workbench, file: string): Promise<void> {
  const { zip, handler } = await pack(join(import.meta.dirname, '..', file));
  const asked = { FunctionName: at.names.alert };
  await at.lambda.send(new UpdateFunctionCodeCommand({ ...asked, ZipFile: zip }));
  await at.lambda.send(new UpdateFunctionConfigurationCommand({ ...asked, Handler: handler }));
}

async function mappingOf(at: Workbench): Promise<EventSourceMappingConfiguration> {
  const [mapping] = await mappingsOf(at, at.names.alert);
  return mapping ?? {};
}

async function changeMapping(
  at: Workbench,
  change: Partial<UpdateEventSourceMappingCommandInput>,
): Promise<void> {
  const { UUID } = await mappingOf(at);
  await at.lambda.send(new UpdateEventSourceMappingCommand({ UUID, ...change }));
}

/** Puts what the summaries' stream gives in place of the readings. */
async function feedWithSummaries(at: Workbench): Promise<void> {
  const { UUID } = await mappingOf(at);
  await at.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
  await eventually(async () => expect(await mappingsOf(at, at.names.alert)).toEqual([]), 10_000);
  await feedFrom(at, at.names.summaries);
}

async function feedFrom(at: Workbench, stream: string): Promise<void> {
  await ensureStream(at, stream);
  await ensureMapping(at, {
    FunctionName: at.names.alert,
    EventSourceArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`,
    StartingPosition: 'TRIM_HORIZON',
  });
}

/** All that a check could leave behind. */
async function inventory(at: Workbench) {
  const { Items } = await at.dynamodb.send(new ScanCommand({ TableName: at.names.alertTable }));
  const { Versions } = await at.lambda.send(
    new ListVersionsByFunctionCommand({ FunctionName: at.names.alert }),
  );
  return { items: Items, versions: Versions?.map(({ Version }) => Version), ...(await resources(at)) };
}

async function resources(at: Workbench) {
  const [functions, mappings, roles, tables, topics, subscriptions, faults, groups] = await Promise.all([
    at.lambda.send(new ListFunctionsCommand({})),
    at.lambda.send(new ListEventSourceMappingsCommand({})),
    at.iam.send(new ListRolesCommand({})),
    at.dynamodb.send(new ListTablesCommand({})),
    at.sns.send(new ListTopicsCommand({})),
    at.sns.send(new ListSubscriptionsCommand({})),
    at.control?.status(),
    at.logs.send(new DescribeLogGroupsCommand({})),
  ]);
  const isOwn = (name = '') => name.includes(at.names.prefix);
  return {
    functions: functions.Functions?.map(({ FunctionName }) => FunctionName).filter(isOwn),
    mappings: mappings.EventSourceMappings?.map(({ FunctionArn }) => FunctionArn).filter(isOwn),
    roles: roles.Roles?.map(({ RoleName }) => RoleName).filter(isOwn),
    tables: tables.TableNames?.filter(isOwn),
    topics: topics.Topics?.map(({ TopicArn }) => TopicArn).filter(isOwn),
    subscriptions: subscriptions.Subscriptions?.map(({ Endpoint }) => Endpoint).filter(isOwn),
    groups: groups.logGroups
      ?.map(({ logGroupName }) => logGroupName)
      .filter((name) => name?.includes('check-')),
    faults: faults?.faults,
  };
}

test('it has three hints', () => {
  expect(new Set(alertStep.hints).size).toBe(3);
  expect(alertStep.extra).toBe(true);
});

test('in an empty cloud the topic is the first thing to make', async () => {
  const at = participant();
  expect(await check(at)).toMatchObject({
    verdict: 'not yet',
    looked: `the topic ${at.names.topic}`,
    found: 'there is none',
    next: `aws sns create-topic --name ${at.names.topic}`,
  });
  await at.sns.send(new CreateTopicCommand({ Name: at.names.topic }));
  expect(await check(at)).toMatchObject({ verdict: 'not yet', looked: `the function ${at.names.alert}` });
});

test.each(['solution/alert.ts', 'solution/alert.mjs'])(
  '%s passes, and nothing is left of it',
  async (file) => {
    const at = await solved(file);
    const before = await inventory(at);
    expect(await check(at)).toMatchObject({ verdict: 'passed' });
    await eventually(async () => expect(await inventory(at)).toEqual(before));
  },
);

test('a function that is fed with summaries passes too, and a version that it has stays', async () => {
  const at = await solved();
  await feedWithSummaries(at);
  await at.lambda.send(new PublishVersionCommand({ FunctionName: at.names.alert }));
  const before = await inventory(at);
  expect(before.versions).toEqual(['$LATEST', '1']);
  expect(await check(at)).toMatchObject({ verdict: 'passed', looked: expect.stringContaining('summaries') });
  await eventually(async () => expect(await inventory(at)).toEqual(before));
});

test('what is interrupted cleans up all the same', async () => {
  const leaving = new AbortController();
  const at = participant(leaving.signal);
  await solved(undefined, at);
  const before = await inventory(at);
  const checked = check(at);
  const gone = expect(checked).rejects.toThrow();
  await eventually(async () => expect((await inventory(at)).items).not.toEqual([]), { timeout: 20_000 });
  leaving.abort(new Error('the asker leaves'));
  await gone;
  await eventually(async () => expect(await inventory(at)).toEqual(before));
});

test('the clean-up leaves nothing, not even of a check that was killed', async () => {
  const at = await solved();
  await ensureTable(at, `${at.names.prefix}check-alert-abc123`, 'Id');
  await ensureRole(at, { name: `${at.names.prefix}check-alert-abc123`, service: 'lambda.amazonaws.com' });
  await removeAlert(at);
  await removeAlert(at);
  const none: readonly string[] = [];
  expect(await resources(at)).toMatchObject({
    functions: none,
    mappings: none,
    roles: none,
    tables: none,
    topics: none,
    subscriptions: none,
  });
});

describe('what is not right is named', () => {
  interface Mistake {
    readonly make: () => Promise<Workbench>;
    readonly verdict: Verdict | 'passed';
    readonly found: string;
  }
  const wrong = (file: string, found: string): Mistake => ({
    make: () => solved(`wrong/alert-${file}.mjs`),
    verdict: 'wrong',
    found,
  });
  const MISTAKES: Readonly<Record<string, Mistake>> = {
    'the starter': { ...wrong('', 'nothing was published to it'), make: () => solved('starter/alert.ts') },
    'the starter in JavaScript': {
      ...wrong('', 'nothing was published to it'),
      make: () => solved('starter/alert.mjs'),
    },
    'alerts for every low reading': wrong('every-reading', 'an alert for each low value'),
    'alerts again on redelivery': wrong('redelivery', 'another alert when the same records come again'),
    'alerts again for older records': wrong('older', 'another alert for a record of an episode that is over'),
    'state only in memory': wrong('memory', 'another alert after a cold start'),
    'alerts at 50': wrong('at-fifty', 'an alert at 50, which is not below 50'),
    'alerts below 49': wrong('below-49', 'no alert at 49, though there is one at 3'),
    'alerts below 5': wrong('below-5', 'no alert at 49, though there is one at 3'),
    'alerts on health': wrong('health', 'an alert about health'),
    'never alerts again': wrong('once-for-ever', 'no second alert: the first episode is never closed'),
    'sees one unicorn of a batch': wrong('first-of-batch', 'a batch holds records of several unicorns'),
    'does not name the unicorn': wrong('nameless', 'messages that do not name the unicorn'),
    'publishes to another topic': {
      ...wrong('', 'the variable OTHER_TOPIC_ARN names another topic'),
      make: async () => {
        const at = await solved('wrong/alert-other-topic.mjs');
        const { TopicArn = '' } = await at.sns.send(
          new CreateTopicCommand({ Name: `${at.names.prefix}other` }),
        );
        await at.lambda.send(
          new UpdateFunctionConfigurationCommand({
            FunctionName: at.names.alert,
            Environment: {
              Variables: { ALERTS_TABLE: at.names.alertTable, OTHER_TOPIC_ARN: TopicArn },
            },
          }),
        );
        return at;
      },
    },
    'has a role that may do too much': {
      ...wrong('', 'allows sns:*'),
      make: async () => {
        const at = await solved();
        const [RoleName, PolicyName] = [at.names.alertRole, 'alert'];
        const Statement = [{ Effect: 'Allow', Action: 'sns:*', Resource: '*' }];
        const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
        await at.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
        return at;
      },
    },
    'says recover in alerts': wrong('says-recovered', 'each message says something of a recovery'),
    'says all three times': wrong('thrice', 'more than one alert for one low value'),
    'fails for everything': wrong('fails', 'it failed: Error: Not implemented'),
    'blocks on poison': wrong('poison', 'the shard is blocked'),
    'gives up good records with poison': {
      ...wrong('', 'gives up the good records with the poison'),
      make: async () => {
        const at = await solved('wrong/alert-poison.mjs');
        await changeMapping(at, { MaximumRetryAttempts: 2 });
        return at;
      },
    },
    'fails for poison, and the mapping isolates it': {
      verdict: 'passed',
      found: 'one alert for each episode',
      make: async () => {
        const at = await solved('wrong/alert-poison.mjs');
        await changeMapping(at, { MaximumRetryAttempts: 2, BisectBatchOnFunctionError: true });
        return at;
      },
    },
    'drops the rest of a batch with poison': wrong('poison-rest', 'the poison has taken a good record'),
    'decodes ASCII': wrong('ascii', 'UTF-8 was read as something else'),
    'swallows a failed publish': wrong('lost', 'it answered success though publishing failed'),
    'marks before it publishes': wrong('marked-first', 'the episode was marked already'),
    'fails, and is never called again': {
      ...wrong('', 'its mapping never sends a batch again'),
      make: async () => {
        const at = await solved();
        await changeMapping(at, { MaximumRetryAttempts: 0 });
        return at;
      },
    },
    'ends an episode at 50': wrong('flaps', 'several alerts of one episode, which ends at 55'),
    'has no mapping': {
      verdict: 'not yet',
      found: 'nothing feeds it',
      make: async () => {
        const at = await solved();
        const { UUID } = await mappingOf(at);
        await at.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
        return at;
      },
    },
    'has a disabled mapping': {
      ...wrong('', 'it is disabled'),
      make: async () => {
        const at = await solved();
        await changeMapping(at, { Enabled: false });
        return at;
      },
    },
    'is fed by both streams': {
      ...wrong('', 'it hears of each fall twice'),
      make: async () => {
        const at = await solved();
        await feedFrom(at, at.names.summaries);
        return at;
      },
    },
    'is fed by another stream': {
      ...wrong('', '-quarantine'),
      make: async () => {
        const at = await solved();
        const { UUID } = await mappingOf(at);
        await at.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
        await eventually(async () => expect(await mappingsOf(at, at.names.alert)).toEqual([]), 10_000);
        await feedFrom(at, at.names.quarantine);
        return at;
      },
    },
  };

  const findings = new Map<string, Promise<Finding>>();

  // Much of a check is waiting: four at once take less than half as long as one after another.
  beforeAll(() => {
    const lanes = Array.from({ length: 4 }, () => Promise.resolve());
    Object.entries(MISTAKES).forEach(([name, { make }], index) => {
      const lane = lanes[index % lanes.length];
      const finding = Promise.resolve(lane).then(async () => check(await make()));
      lanes[index % lanes.length] = finding.then(
        () => {},
        () => {},
      );
      findings.set(name, finding);
    });
  });

  test.each(Object.keys(MISTAKES))('%s', { timeout: 120_000 }, async (name) => {
    const finding = await findings.get(name);
    expect(finding).toMatchObject({
      verdict: MISTAKES[name]?.verdict,
      found: expect.stringContaining(MISTAKES[name]?.found ?? ''),
    });
  });
});
