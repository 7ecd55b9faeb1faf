import { randomBytes } from 'node:crypto';
import { DeleteItemCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { functionNamed } from '../../check/functions.ts';
import { ifThere } from '../../check/missing.ts';
import { until } from '../../check/wait.ts';
import { notYet, type Passed, passed } from '../../finding.ts';
import { topicArnOf } from '../../install/topics.ts';
import type { Workbench } from '../../workbench.ts';
import { type Ear, listening } from './alert-ear.ts';
import { type Fed, type Sense, senses } from './alert-fed.ts';
import { playFailedPublish } from './alert-lost.ts';
import { checkAlertMapping } from './alert-mapping.ts';
import { playCases, playPoison } from './alert-play.ts';
import { checkAlertRole } from './alert-role.ts';
import { areAllThere, judge } from './alert-verdict.ts';

/** Seconds that an alert may come after what was published later: SNS says nowhere how late it is at most. */
const LATE = { local: 1, aws: 20 } as const;

/** The learner's function alerts operations, once for each episode, whatever feeds it. */
export async function checkAlert(at: Workbench): Promise<Passed> {
  const { names } = at;
  const arn = await topicArnOf(at, names.topic);
  if (arn === undefined) {
    throw notYet({
      looked: `the topic ${names.topic}`,
      found: 'there is none',
      expected: 'a topic that operations can subscribe to',
      next: `aws sns create-topic --name ${names.topic}`,
    });
  }
  const { Role = '', Environment } = await functionNamed(at, names.alert);
  await checkAlertRole(at, Role.split('/').at(-1) ?? '', arn);
  const fed = await checkAlertMapping(at);

  const run = randomBytes(3).toString('hex');
  const unicorns = new Set<string>();
  const nameOf = (unicorn: string) => {
    const name = `check-${unicorn}-${run}`;
    unicorns.add(name);
    return name;
  };
  await listening(at, arn, run, async (ear) => {
    try {
      const sense = senses(fed.kind, nameOf, at.clock.now());
      const texts = await play(at, fed, sense, ear, nameOf);
      judge(fed, { name: names.topic, arn }, Environment?.Variables ?? {}, texts, nameOf);
      await playFailedPublish(at, fed, sense, ear, nameOf);
    } finally {
      await forget(at, unicorns);
    }
  });
  return passed(
    `the function ${names.alert}, fed with ${fed.kind}`,
    `one alert for each episode of ${unicorns.size} unicorns, in the topic ${names.topic}`,
  );
}

/** Sends all that is to be sent, and returns what the topic told. */
async function play(
  at: Workbench,
  fed: Fed,
  sense: Sense,
  ear: Ear,
  nameOf: (unicorn: string) => string,
): Promise<readonly string[]> {
  at.waiting(`for ${fed.functionName} to handle what the check sends`);
  await playCases(at, fed, sense);
  await playPoison(at, fed, sense);
  await ear.catchUp();
  const late = at.target.kind === 'aws' ? LATE.aws : LATE.local;
  await until(
    at,
    'for alerts on their way',
    late,
    async () => areAllThere(await ear.texts(), nameOf) || undefined,
  );
  return ear.texts();
}

/** Takes the check's unicorns out of the table, as far as it is made as in the text; else they are left to the learner. */
async function forget(at: Workbench, unicorns: ReadonlySet<string>): Promise<void> {
  const TableName = at.names.alertTable;
  const table = await ifThere(at.dynamodb.send(new DescribeTableCommand({ TableName })));
  const { KeySchema = [], AttributeDefinitions = [] } = table?.Table ?? {};
  const type = AttributeDefinitions.find(({ AttributeName }) => AttributeName === 'Name')?.AttributeType;
  if (KeySchema.length !== 1 || KeySchema[0]?.AttributeName !== 'Name' || type !== 'S') return;
  for (const name of unicorns) {
    await at.dynamodb.send(new DeleteItemCommand({ TableName, Key: { Name: { S: name } } }));
  }
}
