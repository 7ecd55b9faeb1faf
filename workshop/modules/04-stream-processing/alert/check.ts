import { randomBytes } from 'node:crypto';
import { DeleteItemCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { functionNamed } from '../../../check/functions.ts';
import { lambdasOwnFor } from '../../../check/lambdas-own.ts';
import { ifThere } from '../../../check/missing.ts';
import { until } from '../../../check/wait.ts';
import { notYet, type Passed, passed } from '../../../finding.ts';
import { topicArnOf } from '../../../install/topics.ts';
import type { Workbench } from '../../../workbench.ts';
import { AROUND_POISON, CASES, type Case, COLD } from './cases.ts';
import { type Ear, listening } from './ear.ts';
import { senses } from './fed.ts';
import { playFailedPublish } from './lost.ts';
import { checkAlertMapping } from './mapping.ts';
import { playCases, playPoison } from './play.ts';
import { checkAlertRole } from './role.ts';
import { areAllThere, judge } from './verdict.ts';

/** Seconds that an alert may come after what was published later: SNS says nowhere how late it is at most. */
const LATE = { local: 5, aws: 20 } as const;

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
  await checkAlertRole(at, Role.split('/').at(-1) ?? '', arn, await lambdasOwnFor(at, names.alert));
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
      const judged = async (cases: readonly Case[]) => {
        const texts = await heard(at, ear, cases, nameOf);
        judge(cases, fed, { name: names.topic, arn }, Environment?.Variables ?? {}, texts, nameOf);
      };
      at.waiting(`for ${names.alert} to handle what the check sends`);
      await playCases(at, fed, sense, CASES);
      await judged(CASES);
      await playCases(at, fed, sense, [COLD]);
      await playPoison(at, fed, sense);
      // All of them: what is late of the first ones counts too.
      await judged([...CASES, COLD, AROUND_POISON]);
      await playFailedPublish(at, fed, sense, ear, nameOf);
    } finally {
      await forget(at, unicorns);
    }
  });
  return passed(
    `the function ${names.alert}, fed with ${fed.kind}`,
    `one alert for each episode, and none besides, of ${unicorns.size} unicorns that the check made up`,
  );
}

/** What the topic has told: all that it will tell of what was sent, as far as anyone can know. */
async function heard(
  at: Workbench,
  ear: Ear,
  cases: readonly Case[],
  nameOf: (unicorn: string) => string,
): Promise<readonly string[]> {
  await ear.catchUp();
  const late = at.target.kind === 'aws' ? LATE.aws : LATE.local;
  await until(at, 'for alerts on their way', late, async () =>
    areAllThere(cases, await ear.texts(), nameOf) ? true : undefined,
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
