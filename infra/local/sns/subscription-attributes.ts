import { type DeliveryPolicy, subscriptionPolicy, topicPolicy } from './delivery-policy.ts';
import { invalidParameter } from './errors.ts';
import {
  bodyProperties,
  compileFilterPolicy,
  type Fault,
  type FilterPolicy,
  type FilterScope,
} from './filter-policy.ts';
import { bodyFor, type Message } from './message.ts';
import { attributeProperties } from './message-attributes.ts';
import { protocolOf } from './protocols.ts';
import type { Subscription, SubscriptionAttributes } from './subscriptions.ts';
import type { Topic } from './topics.ts';

/** What is given of one attribute, and of which subscription. */
interface Given {
  readonly value: string;
  readonly protocol: string;
  readonly topic: Topic;
  readonly fault: Fault;
}

/** Checks a value and answers it as it is kept; '' removes the attribute. A new attribute is a line here. */
const ATTRIBUTES: ReadonlyMap<string, (given: Given) => string> = new Map([
  ['RawMessageDelivery', rawMessageDelivery],
  ['FilterPolicy', ({ value }) => value],
  ['FilterPolicyScope', filterPolicyScope],
  [
    'DeliveryPolicy',
    ({ value, topic, fault }) => {
      subscriptionPolicy(value, topicPolicy(topic.attributes.DeliveryPolicy, fault), fault);
      return value;
    },
  ],
]);

/** What AWS has besides. */
const ELSEWHERE: ReadonlySet<string> = new Set(['RedrivePolicy', 'ReplayPolicy', 'SubscriptionRoleArn']);

/**
 * Attributes after some were set.
 * Source: https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
 *
 * @param given by name; '' removes one
 * @param reason what stands before the reason in an error: `Attributes Reason: ` for Subscribe
 * @throws SnsError InvalidParameter
 */
export function withAttributes(
  attributes: SubscriptionAttributes,
  given: Readonly<Record<string, string>>,
  { protocol, topic }: { readonly protocol: string; readonly topic: Topic },
  reason: '' | 'Attributes Reason: ',
): SubscriptionAttributes {
  const fault: Fault = (text) => invalidParameter(`${reason}${text}`);
  const changed = new Map<string, string>(Object.entries(attributes));
  for (const [name, value] of Object.entries(given)) {
    if (ELSEWHERE.has(name)) throw fault(`${name}: the local cloud does not support it`);
    const kept = ATTRIBUTES.get(name);
    if (kept === undefined)
      throw invalidParameter(reason === '' ? 'AttributeName' : `${reason}Unknown attribute ${name}`);
    const text = kept({ value, protocol, topic, fault });
    if (text === '') changed.delete(name);
    else changed.set(name, text);
  }
  const policy = changed.get('FilterPolicy');
  if (policy !== undefined) {
    compileFilterPolicy(policy, (changed.get('FilterPolicyScope') ?? DEFAULT_SCOPE) as FilterScope, fault);
  }
  return Object.fromEntries(changed);
}

export const DEFAULT_SCOPE: FilterScope = 'MessageAttributes';

function rawMessageDelivery({ value, protocol, fault }: Given): string {
  const lower = value.toLowerCase();
  if (lower !== 'true' && lower !== 'false') {
    throw fault(`RawMessageDelivery: Invalid value [${value}]. Must be true or false.`);
  }
  if (lower === 'true' && !protocolOf(protocol).raw) {
    throw fault(`Delivery protocol [${protocol}] does not support raw message delivery.`);
  }
  return lower;
}

function filterPolicyScope({ value, fault }: Given): string {
  if (value === 'MessageAttributes' || value === 'MessageBody') return value;
  throw fault(
    `FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`,
  );
}

/** Of subscriptions as they are now; a change makes another object. */
const compiled = new WeakMap<SubscriptionAttributes, FilterPolicy>();

/** Whether a subscription's filter policy lets a message through. */
export function accepts({ attributes, protocol }: Subscription, message: Message): boolean {
  const { FilterPolicy: policy, FilterPolicyScope: scope = DEFAULT_SCOPE } = attributes;
  if (policy === undefined) return true;
  const matches = compiled.get(attributes) ?? compileFilterPolicy(policy, scope, invalidParameter);
  compiled.set(attributes, matches);
  const properties =
    scope === 'MessageBody'
      ? bodyProperties(bodyFor(message, protocol))
      : attributeProperties(message.attributes);
  return properties !== undefined && matches(properties);
}

/** What counts of topic and subscription for HTTP deliveries. */
export function effectivePolicy({ attributes }: Subscription, topic: Topic | undefined): DeliveryPolicy {
  return subscriptionPolicy(
    attributes.DeliveryPolicy,
    topicPolicy(topic?.attributes.DeliveryPolicy, invalidParameter),
    invalidParameter,
  );
}
