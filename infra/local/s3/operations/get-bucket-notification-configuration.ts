import { xmlAnswer } from '../answers.ts';
import { bucketOf, s3Operation } from '../operation.ts';
import type { NotificationRule } from '../store/buckets.ts';
import { element, leaf, xmlDocument } from '../xml.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html */
export const getBucketNotificationConfiguration = s3Operation(({ bucket }, context) => {
  const { notifications } = bucketOf(context, bucket).record;
  return xmlAnswer(xmlDocument('NotificationConfiguration', ...notifications.map(ruleElement)));
});

function ruleElement({ id, functionArn, events, prefix, suffix }: NotificationRule): string {
  const filters = [
    ['Prefix', prefix],
    ['Suffix', suffix],
  ].flatMap(([name, value]) =>
    value === '' ? [] : [element('FilterRule', leaf('Name', name), leaf('Value', value))],
  );
  return element(
    'CloudFunctionConfiguration',
    leaf('Id', id),
    leaf('CloudFunction', functionArn),
    ...events.map((event) => leaf('Event', event)),
    filters.length === 0 ? undefined : element('Filter', element('S3Key', ...filters)),
  );
}
