import { invalidParameter } from '../errors.ts';
import { differing } from '../operation.ts';
import { withTopicAttributes } from '../topic-attributes.ts';
import { topicOf } from '../topics.ts';

/** Sets one attribute of a topic. Source: https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html */
export const setTopicAttributes = differing(
  'Attributes about encryption, signatures, tracing and delivery status are kept and have no effect, nor has Policy.',
  (fields, { topics }) => {
    const topic = topicOf(topics, 'TopicArn', fields.get('TopicArn'));
    const name = fields.get('AttributeName');
    if (!name) throw invalidParameter('AttributeName');
    const given = Object.fromEntries([[name, fields.get('AttributeValue') ?? '']]);
    topics.put(topic.name, { ...topic, attributes: withTopicAttributes(topic.attributes, given, '') });
    return '';
  },
);
