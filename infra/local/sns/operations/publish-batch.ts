import { escapeXml } from '../../gateway/refusal.ts';
import { ServiceError } from '../../protocol/errors.ts';
import type { Fields } from '../../protocol/query-service.ts';
import { SnsError } from '../errors.ts';
import { MESSAGE_BYTES, type Published, readMessage } from '../message.ts';
import { differing } from '../operation.ts';
import { topicArn, topicOf } from '../topics.ts';

/** Source: https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
const ENTRIES = 10;

/** One entry, as read. */
interface Entry {
  readonly id: string;
  readonly outcome: Published | ServiceError;
}

/** Publishes up to ten messages to a topic, each with an outcome of its own. Same source. */
export const publishBatch = differing(
  'An entry at fault fails alone; AWS refuses the whole request for some faults.',
  (fields, context) => {
    const topic = topicOf(context.topics, 'TopicArn', fields.get('TopicArn'));
    const entries = readEntries(fields, topicArn(topic.name), context.now());
    const members = entries.map(({ id, outcome }) => {
      const sent = outcome instanceof ServiceError ? outcome : attempt(() => publishOne(outcome));
      return sent instanceof ServiceError ? failed(id, sent) : succeeded(id, sent);
    });

    function publishOne({ message }: Published): string {
      context.publish(message, topic.name);
      return message.messageId;
    }

    const successful = members.filter(({ ok }) => ok).map(({ xml }) => xml);
    const unsuccessful = members.filter(({ ok }) => !ok).map(({ xml }) => xml);
    return `<Successful>${successful.join('')}</Successful><Failed>${unsuccessful.join('')}</Failed>`;
  },
);

/** @throws SnsError for what is wrong with the batch as a whole */
function readEntries(fields: Fields, arn: string, now: number): readonly Entry[] {
  const prefixes: string[] = [];
  for (let n = 1; n <= ENTRIES + 1 && hasEntry(fields, n); n++) {
    prefixes.push(`PublishBatchRequestEntries.member.${n}.`);
  }
  if (prefixes.length === 0) {
    throw new SnsError(400, 'EmptyBatchRequest', "The batch request doesn't contain any entries.");
  }
  if (prefixes.length > ENTRIES) {
    throw new SnsError(
      400,
      'TooManyEntriesInBatchRequest',
      'The batch request contains more entries than permissible.',
    );
  }
  const ids = prefixes.map((prefix) => fields.get(`${prefix}Id`) ?? '');
  for (const id of ids) checkId(id);
  if (new Set(ids).size < ids.length) {
    throw new SnsError(
      400,
      'BatchEntryIdsNotDistinct',
      'Two or more batch entries in the request have the same Id.',
    );
  }
  const entries = prefixes.map((prefix, i): Entry => {
    return { id: ids[i]!, outcome: attempt(() => readMessage(fields, prefix, arn, now)) };
  });
  const bytes = entries.reduce(
    (sum, { outcome }) => sum + (outcome instanceof ServiceError ? 0 : outcome.bytes),
    0,
  );
  if (bytes > MESSAGE_BYTES) {
    throw new SnsError(
      400,
      'BatchRequestTooLong',
      'The length of all the messages put together is more than the limit.',
    );
  }
  return entries;
}

function hasEntry(fields: Fields, n: number): boolean {
  const prefix = `PublishBatchRequestEntries.member.${n}.`;
  return fields.has(`${prefix}Id`) || fields.has(`${prefix}Message`);
}

function checkId(id: string): void {
  if (/^[A-Za-z0-9_-]{1,80}$/.test(id)) return;
  const reason = id.length > 80 ? 'is too long' : 'contains an impermissible character';
  throw new SnsError(
    400,
    'InvalidBatchEntryId',
    `The Id of a batch entry in the batch request ${reason}: ${id}`,
  );
}

/** What fails for the client's sake is an outcome; what fails for ours, of the whole request. */
function attempt<T>(act: () => T): T | ServiceError {
  try {
    return act();
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

interface Member {
  readonly ok: boolean;
  readonly xml: string;
}

function succeeded(id: string, messageId: string): Member {
  return { ok: true, xml: `<member><Id>${id}</Id><MessageId>${messageId}</MessageId></member>` };
}

function failed(id: string, { type, message, status }: ServiceError): Member {
  const xml =
    `<member><Id>${id}</Id><Code>${type}</Code><Message>${escapeXml(message)}</Message>` +
    `<SenderFault>${status < 500 && status !== 429}</SenderFault></member>`;
  return { ok: false, xml };
}
