import type { XmlElement } from '@rgrove/parse-xml';
import { emptyAnswer } from '../answers.ts';
import { receiveDocument } from '../body/receive.ts';
import { newId } from '../changes.ts';
import { invalidArgument, malformedXml, S3Error } from '../errors.ts';
import { EVENT_TYPES, overlap } from '../notifications.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import type { NotificationRule } from '../store/buckets.ts';
import { childOf, childrenOf, elementsOf, localName, parseDocument, requiredText, textOf } from '../xml.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html */
const MOST_RULES = 100;
/** Characters of both together. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const LONGEST_FILTER = 1024;

/**
 * Replaces all rules of a bucket. A Lambda function gets no test event, as on AWS.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 */
export const putBucketNotificationConfiguration = s3Operation(async (request, context) => {
  bucketOf(context, request.bucket);
  const { body } = await receiveDocument(request);
  const rules = readRules(parseDocument(body, 'NotificationConfiguration'));
  checkRules(rules);
  if (request.header('x-amz-skip-destination-validation')?.toLowerCase() !== 'true') {
    for (const { functionArn } of rules) {
      if (await context.notifier.functions.exists(functionArn)) continue;
      throw invalidArgument(
        'Unable to validate the following destination configurations',
        functionArn,
        'Not authorized to invoke function, or the function does not exist',
      );
    }
  }
  bucketOf(context, request.bucket);
  context.buckets.update(request.bucket, { notifications: rules });
  return emptyAnswer(200);
}, 'Only Lambda functions can be told; permissions to invoke them are not checked.');

function readRules(configuration: XmlElement): NotificationRule[] {
  const elsewhere = elementsOf(configuration)
    .map(localName)
    .find((name) => name !== 'CloudFunctionConfiguration');
  if (elsewhere !== undefined) {
    throw new S3Error(
      501,
      'NotImplemented',
      `The local S3 tells Lambda functions only of events (given ${elsewhere})`,
    );
  }
  return childrenOf(configuration, 'CloudFunctionConfiguration').map((rule) => {
    const filter = readFilter(rule);
    return {
      id: textOf(rule, 'Id') || newId(),
      functionArn: requiredText(rule, 'CloudFunction'),
      events: childrenOf(rule, 'Event').map(({ text }) => text.trim()),
      prefix: filter.get('prefix') ?? '',
      suffix: filter.get('suffix') ?? '',
    };
  });
}

function readFilter(rule: XmlElement): ReadonlyMap<string, string> {
  const filter = childOf(rule, 'Filter');
  const byKey = filter && childOf(filter, 'S3Key');
  const filters = new Map<string, string>();
  for (const each of byKey === undefined ? [] : childrenOf(byKey, 'FilterRule')) {
    const name = requiredText(each, 'Name').toLowerCase();
    const value = childOf(each, 'Value')?.text ?? '';
    if (name !== 'prefix' && name !== 'suffix') {
      throw invalidArgument('filter rule name must be either prefix or suffix', 'FilterRule.Name', name);
    }
    if (filters.has(name)) {
      throw invalidArgument(
        `Cannot specify more than one ${name} rule in a filter.`,
        'FilterRule.Name',
        name,
      );
    }
    if (Buffer.byteLength(value) > LONGEST_FILTER) {
      throw invalidArgument(
        'Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation',
        'FilterRule.Value',
        value,
      );
    }
    filters.set(name, value);
  }
  return filters;
}

function checkRules(rules: readonly NotificationRule[]): void {
  if (rules.length > MOST_RULES) {
    throw invalidArgument(
      `A bucket may have at most ${MOST_RULES} rules`,
      'CloudFunctionConfiguration',
      String(rules.length),
    );
  }
  for (const { events, functionArn } of rules) {
    if (events.length === 0) throw malformedXml();
    const unknown = events.find((event) => !EVENT_TYPES.includes(event));
    if (unknown !== undefined) {
      throw invalidArgument('The event is not supported for notifications', 'Event', unknown);
    }
    if (!/^arn:aws[a-z-]*:lambda:[^:]+:\d{12}:function:[^:]+(?::[^:]+)?$/.test(functionArn)) {
      throw invalidArgument('The ARN is not well formed', 'CloudFunction', functionArn);
    }
  }
  rules.forEach((rule, index) => {
    if (rules.slice(0, index).some((before) => before.id === rule.id)) {
      throw invalidArgument('Same ID used for multiple configurations. IDs must be unique', 'Id', rule.id);
    }
    if (rules.slice(0, index).some((before) => overlap(before, rule))) {
      throw invalidArgument(
        'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
        'Event',
        rule.events.join(','),
      );
    }
  });
}
