import { LOCAL } from '../../../telemetry/topology.ts';
import { topicPolicy, topicPolicyText } from './delivery-policy.ts';
import { invalidParameter } from './errors.ts';
import type { Fault } from './filter-policy.ts';
import { type Topic, topicArn } from './topics.ts';

const ANYTHING = () => {};

/** Checks a value. A new attribute is a line here; those that only change what AWS logs, encrypts or signs are kept and told. */
const ATTRIBUTES: ReadonlyMap<string, (value: string, fault: Fault) => void> = new Map([
  ['DisplayName', displayName],
  ['Policy', (value, fault) => json('Policy', value, fault)],
  ['DeliveryPolicy', (value, fault) => void topicPolicy(value, fault)],
  ['KmsMasterKeyId', ANYTHING],
  ['SignatureVersion', (value, fault) => oneOf('SignatureVersion', ['1', '2'], value, fault)],
  ['TracingConfig', (value, fault) => oneOf('TracingConfig', ['PassThrough', 'Active'], value, fault)],
  ...['HTTP', 'Firehose', 'Lambda', 'Application', 'SQS'].flatMap((kind) =>
    ['SuccessFeedbackRoleArn', 'SuccessFeedbackSampleRate', 'FailureFeedbackRoleArn'].map(
      (name) => [`${kind}${name}`, ANYTHING] as const,
    ),
  ),
]);

/**
 * A topic's attributes after some were set; '' removes one.
 * Source: https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
 *
 * @param reason what stands before the reason in an error: `Attributes Reason: ` for CreateTopic
 * @throws SnsError InvalidParameter
 */
export function withTopicAttributes(
  attributes: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
  reason: '' | 'Attributes Reason: ',
): Readonly<Record<string, string>> {
  const fault: Fault = (text) => invalidParameter(`${reason}${text}`);
  const changed = new Map(Object.entries(attributes));
  for (const [name, value] of Object.entries(given)) {
    const check = ATTRIBUTES.get(name);
    if (check === undefined)
      throw invalidParameter(reason === '' ? 'AttributeName' : `${reason}Unknown attribute ${name}`);
    if (value === '') {
      changed.delete(name);
      continue;
    }
    check(value, fault);
    changed.set(name, value);
  }
  return Object.fromEntries(changed);
}

function displayName(value: string, fault: Fault): void {
  if (value.length > 100 || /[\r\n]/.test(value)) {
    throw fault('DisplayName: must be a line of at most 100 characters');
  }
}

function json(name: string, value: string, fault: Fault): void {
  try {
    JSON.parse(value);
  } catch {
    throw fault(`${name}: failed to parse JSON.`);
  }
}

function oneOf(name: string, allowed: readonly string[], value: string, fault: Fault): void {
  if (!allowed.includes(value)) {
    throw fault(`${name}: must be one of ${allowed.join(', ')} (given ${value})`);
  }
}

/** What AWS tells of any topic beside what was set. */
export function topicDefaults({ name, attributes }: Topic): Readonly<Record<string, string>> {
  return {
    TopicArn: topicArn(name),
    Owner: LOCAL.accountId,
    DisplayName: '',
    Policy: ownersPolicy(topicArn(name)),
    EffectiveDeliveryPolicy: topicPolicyText(topicPolicy(attributes.DeliveryPolicy, invalidParameter)),
  };
}

/** Everything for the owner, nothing for others. Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html */
function ownersPolicy(arn: string): string {
  const actions =
    'GetTopicAttributes SetTopicAttributes AddPermission RemovePermission DeleteTopic Subscribe ListSubscriptionsByTopic Publish';
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: actions.split(' ').map((action) => `SNS:${action}`),
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': LOCAL.accountId } },
      },
    ],
  });
}
