import { expect, test } from 'vitest';
import type { Verdict } from '../../../finding.ts';
import { passed } from '../../../finding.ts';
import { runCheck } from '../../../guide/run-check.ts';
import { ensureRole } from '../../../install/roles.ts';
import { workshopCloud } from '../../../testing.ts';
import { checkAlertRole } from './role.ts';
import { alertStep } from './step.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:wildrydes-alerts';
const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/UnicornAlerts';
const MANAGED = 'arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole';

const allow = (Action: string | string[], Resource: string | string[]) => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const PUBLISH = allow('sns:Publish', TOPIC);

/** What Lambda does for a function that is fed by one stream, and whose lost batches operations hears of. */
const OPERATIONS = 'arn:aws:sns:us-east-1:000000000000:wildrydes-operations';
const READINGS = 'arn:aws:kinesis:us-east-1:000000000000:stream/wildrydes';
const LOG = 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/WildRydesLowMagicAlert';
const OWN = { functionName: 'WildRydesLowMagicAlert', streams: [READINGS], destinations: [OPERATIONS] };

interface Role {
  readonly statements: readonly object[];
  /** Default: the one of the text. */
  readonly attached?: readonly string[];
  /** Default: wrong. */
  readonly verdict?: Verdict | 'passed';
  readonly found: string;
}

const ROLES: Readonly<Record<string, Role>> = {
  'as in the text': {
    statements: [PUBLISH, allow(['dynamodb:GetItem', 'dynamodb:PutItem'], TABLE)],
    verdict: 'passed',
    found: 'fine',
  },
  'one statement for both': {
    statements: [allow(['sns:Publish', 'dynamodb:UpdateItem'], [TOPIC, TABLE])],
    verdict: 'passed',
    found: 'fine',
  },
  'the stream by hand': {
    statements: [
      PUBLISH,
      allow('kinesis:GetRecords', 'arn:aws:kinesis:us-east-1:000000000000:stream/wildrydes'),
    ],
    attached: [],
    verdict: 'passed',
    found: 'fine',
  },
  'all that Lambda does, by hand': {
    statements: [
      allow('sns:Publish', [TOPIC, OPERATIONS]),
      allow(['kinesis:GetRecords', 'kinesis:ListShards'], READINGS),
      allow('kinesis:ListStreams', '*'),
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], `${LOG}:*`),
    ],
    attached: [],
    verdict: 'passed',
    found: 'fine',
  },
  'the log of every function whose name begins alike': {
    statements: [PUBLISH, allow('logs:PutLogEvents', `${LOG}*`)],
    found: 'logs:PutLogEvents on Resource',
  },
  'every stream': {
    statements: [PUBLISH, allow('kinesis:GetRecords', '*')],
    attached: [],
    found: 'kinesis:GetRecords on Resource *',
  },
  'sns:*': { statements: [allow('sns:*', TOPIC)], found: 'allows sns:*' },
  'sns:Publish on all topics': {
    statements: [allow('sns:Publish', '*')],
    found: 'sns:Publish on Resource *',
  },
  'sns:Publish on topics that begin alike': {
    statements: [allow('sns:Publish', `${TOPIC}*`)],
    found: 'on all that it matches',
  },
  'sns:Publish on another topic': {
    statements: [PUBLISH, allow('sns:Publish', `${TOPIC}-other`)],
    found: 'allows publishing to another topic',
  },
  'sns:Publish on another topic alone': {
    statements: [allow('sns:Publish', `${TOPIC}-other`)],
    found: 'allows publishing to another topic',
  },
  'sns:CreateTopic': {
    statements: [allow(['sns:Publish', 'sns:CreateTopic'], TOPIC)],
    found: 'allows sns:CreateTopic',
  },
  'dynamodb:*': { statements: [PUBLISH, allow('dynamodb:*', TABLE)], found: 'allows dynamodb:*' },
  'any table': {
    statements: [PUBLISH, allow('dynamodb:PutItem', '*')],
    found: 'dynamodb:PutItem on Resource *',
  },
  'all but one action': {
    statements: [{ Effect: 'Allow', NotAction: 'iam:PassRole', Resource: TOPIC }],
    found: 'allows all but what it names',
  },
  AmazonSNSFullAccess: {
    statements: [PUBLISH],
    attached: [MANAGED, 'arn:aws:iam::aws:policy/AmazonSNSFullAccess'],
    found: 'allows far more than it needs',
  },
  'nothing to publish with': { statements: [], verdict: 'not yet', found: 'it may not publish to the topic' },
  'a table alone': {
    statements: [allow('dynamodb:PutItem', TABLE)],
    verdict: 'not yet',
    found: 'it may not publish to the topic',
  },
  'nothing to read a stream with': {
    statements: [PUBLISH],
    attached: [],
    verdict: 'not yet',
    found: 'it may not read a stream',
  },
};

test.each(Object.entries(ROLES))(
  '%s',
  async (_, { statements, attached = [MANAGED], verdict = 'wrong', found }) => {
    const at = await workshopCloud();
    const name = at.names.alertRole;
    const inline = statements.length === 0 ? {} : { inline: { alert: statements } };
    await ensureRole(at, { name, service: 'lambda.amazonaws.com', attached, ...inline });
    const check = async () => {
      await checkAlertRole(at, name, TOPIC, OWN);
      return passed(name, 'fine');
    };
    expect(await runCheck({ ...alertStep, check }, at)).toMatchObject({
      verdict,
      found: expect.stringContaining(found),
    });
  },
);
