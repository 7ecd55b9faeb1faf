import { join } from 'node:path';
import { DescribeTableCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { AddPermissionCommand, GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import {
  PublishBatchCommand,
  PublishCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { PROJECT_ROOT } from '../../../../infra/project.ts';
import { until } from '../../../check/wait.ts';
import { couldNotCheck } from '../../../finding.ts';
import { ensureFunction, removeFunction } from '../../../install/functions.ts';
import { ensureRole, removeRole } from '../../../install/roles.ts';
import { ensureTable, removeTable } from '../../../install/tables.ts';
import type { Workbench } from '../../../workbench.ts';

/** A subscriber that the check has put to a topic for a while. */
export interface Ear {
  /** Texts that the topic has told since, subject and message, each once, in no order. */
  texts(): Promise<string[]>;
  /** Returns when what was published before has come. */
  catchUp(): Promise<void>;
}

/** What scratch resources of this check begin with, after the prefix. */
export const SCRATCH = 'check-alert-';

/** Seconds until a message must have come; AWS may take its time with a role that is new. */
const PATIENCE = { local: 20, aws: 120 } as const;

/**
 * Messages that come at once start environments of the listener side by side: these are started first, so that later
 * none of them is overtaken while its environment starts.
 */
const ENVIRONMENTS = 2;

/** Seconds after which the first messages are sent once more: a listener that may not write yet fails, and loses them. */
const BEGIN_AGAIN = { local: 10, aws: 15 } as const;

/**
 * SNS promises no order. A second message that is sent when the first has come is a long way behind whatever was sent
 * before both.
 */
const ROUNDS = { local: 2, aws: 4 } as const;

const LISTENER = join(PROJECT_ROOT, 'workshop', 'modules', '04-stream-processing', 'alert', 'listener.ts');

/**
 * Listens to a topic as long as `use` takes: a function of its own is subscribed, and writes what it gets into a table of
 * its own, which can be read consistently. All of it is gone when this returns.
 *
 * @param run tells this run from others: small letters and digits
 */
export async function listening<T>(
  at: Workbench,
  topicArn: string,
  run: string,
  use: (ear: Ear) => Promise<T>,
): Promise<T> {
  const name = `${at.names.prefix}${SCRATCH}${run}`;
  const undo: (() => Promise<unknown>)[] = [];
  return withCleanUp(undo, async () => {
    at.waiting('for a subscriber that listens to the topic');
    undo.push(() => removeTable(at, name));
    await ensureTable(at, name, 'Id');
    undo.push(() => removeRole(at, name));
    const roleArn = await ensureRole(at, {
      name,
      service: 'lambda.amazonaws.com',
      inline: {
        heard: [{ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: await tableArn(at, name) }],
      },
    });
    undo.push(() => removeFunction(at, name));
    await ensureFunction(at, { name, source: LISTENER, roleArn, environment: { HEARD: name } });
    await subscribe(at, topicArn, name, undo);
    const ear = earOf(at, topicArn, name, run);
    await ear.begin();
    return use(ear);
  });
}

/** Undoes what was done, the last first, also after a failure or an interruption; the first error is the one that is told. */
async function withCleanUp<T>(undo: readonly (() => Promise<unknown>)[], work: () => Promise<T>): Promise<T> {
  const [outcome] = await Promise.allSettled([work()]);
  const failures: unknown[] = outcome.status === 'rejected' ? [outcome.reason] : [];
  for (const step of [...undo].reverse()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (outcome.status === 'fulfilled' && failures.length === 0) return outcome.value;
  throw failures[0];
}

async function tableArn(at: Workbench, name: string): Promise<string> {
  return (await at.dynamodb.send(new DescribeTableCommand({ TableName: name }))).Table?.TableArn ?? '';
}

async function subscribe(
  at: Workbench,
  topicArn: string,
  name: string,
  undo: (() => Promise<unknown>)[],
): Promise<void> {
  const { FunctionArn } = await at.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  await at.lambda.send(
    new AddPermissionCommand({
      FunctionName: name,
      StatementId: 'topic',
      Action: 'lambda:InvokeFunction',
      Principal: 'sns.amazonaws.com',
      SourceArn: topicArn,
    }),
  );
  const { SubscriptionArn } = await at.sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'lambda',
      Endpoint: FunctionArn,
      ReturnSubscriptionArn: true,
    }),
  );
  undo.push(() => at.sns.send(new UnsubscribeCommand({ SubscriptionArn })));
}

function earOf(
  at: Workbench,
  TopicArn: string,
  table: string,
  run: string,
): Ear & { begin(): Promise<void> } {
  const kind = at.target.kind === 'aws' ? 'aws' : 'local';
  const isMarker = (text: string) => text.includes(`check-marker-${run}`);
  let markers = 0;

  async function all(): Promise<string[]> {
    const texts: string[] = [];
    const pages = paginateScan({ client: at.dynamodb }, { TableName: table, ConsistentRead: true });
    for await (const { Items = [] } of pages) texts.push(...Items.map(({ Text }) => Text?.S ?? ''));
    return texts;
  }

  async function arrived(wanted: readonly string[]): Promise<true | undefined> {
    const texts = await all();
    return wanted.every((marker) => texts.some((text) => text.endsWith(marker))) || undefined;
  }

  const marker = () => `check-marker-${run}-${++markers}.`;

  function insist(came: true | undefined): void {
    if (came) return;
    throw couldNotCheck({
      looked: `a subscriber of the topic ${at.names.topic} that the check has put there`,
      found: `what the check itself has published did not come within ${PATIENCE[kind]} seconds`,
      expected: 'a message that is published comes to its subscribers',
      next: `aws sns get-topic-attributes --topic-arn ${TopicArn}`,
    });
  }

  return {
    async begin() {
      insist(
        await until(at, 'for the subscriber to hear', PATIENCE[kind], async () => {
          const wanted = Array.from({ length: ENVIRONMENTS }, marker);
          const PublishBatchRequestEntries = wanted.map((Message, index) => ({ Id: `${index}`, Message }));
          await at.sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
          return until(at, 'for the subscriber to hear', BEGIN_AGAIN[kind], () => arrived(wanted));
        }),
      );
    },
    async catchUp() {
      for (let round = 0; round < ROUNDS[kind]; round++) {
        const Message = marker();
        await at.sns.send(new PublishCommand({ TopicArn, Message }));
        insist(await until(at, 'for messages on their way', PATIENCE[kind], () => arrived([Message])));
      }
    },
    texts: async () => (await all()).filter((text) => !isMarker(text)),
  };
}
