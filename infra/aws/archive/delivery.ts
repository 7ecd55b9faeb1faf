import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, LogStream, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { ARCHIVE_DELIVERY } from '../../../processor/archive/delivery.ts';
import { READINGS_PREFIX } from '../../archive/hours.ts';
import { GONE_WITH_STACK, type KitStack } from '../kit-stack.ts';
import { suppress } from '../nag.ts';
import { allow, policyOf } from '../policy.ts';

/** What the keys of all that could not be used begin with. */
export const FAILED_PREFIX = ARCHIVE_DELIVERY.errorPrefix.replace(/!\{.*/, '');

/** Name of the stream in the delivery's log group. */
const LOG_STREAM = 'delivery';

/**
 * The delivery stream of the archive, as `processor/archive/delivery.ts` says: from the stream of readings, through the
 * function, into the bucket.
 */
export function deliveryFor(stack: KitStack, bucket: Bucket, archiver: IFunction): CfnDeliveryStream {
  const { name, source, prefix, errorPrefix, compression, buffer, functionBuffer } = ARCHIVE_DELIVERY;
  const deliveryStreamName = stack.names.of(name);
  const log = logOf(stack, deliveryStreamName);
  const functionArn = stack.arns.function(ARCHIVE_DELIVERY.functionName);
  const bucketArn = stack.arns.bucket(ARCHIVE_DELIVERY.bucket);
  const role = roleOf(stack, deliveryStreamName, { bucketArn, functionArn, logStreamArn: log.streamArn });
  const delivery = new CfnDeliveryStream(stack, 'Delivery', {
    deliveryStreamName,
    deliveryStreamType: 'KinesisStreamAsSource',
    kinesisStreamSourceConfiguration: { kinesisStreamArn: stack.arns.stream(source), roleArn: role.roleArn },
    extendedS3DestinationConfiguration: {
      roleArn: role.roleArn,
      bucketArn,
      prefix,
      errorOutputPrefix: errorPrefix,
      compressionFormat: compression,
      bufferingHints: { sizeInMBs: buffer.size, intervalInSeconds: buffer.interval },
      cloudWatchLoggingOptions: { enabled: true, logGroupName: log.groupName, logStreamName: LOG_STREAM },
      processingConfiguration: {
        enabled: true,
        processors: [
          {
            type: 'Lambda',
            parameters: Object.entries({
              LambdaArn: `${functionArn}:$LATEST`,
              BufferSizeInMBs: String(functionBuffer.size),
              BufferIntervalInSeconds: String(functionBuffer.interval),
            }).map(([parameterName, parameterValue]) => ({ parameterName, parameterValue })),
          },
        ],
      },
    },
  });
  suppress(
    delivery,
    'AwsSolutions-KDF1',
    'encryption of its own is for what is put into it directly; it reads a stream that is encrypted, and writes into a bucket that is',
  );
  // Firehose takes on the role when the delivery stream is made, and begins to deliver at once.
  delivery.node.addDependency(policyOf(role), archiver, bucket, log.stream);
  return delivery;
}

function logOf(stack: KitStack, deliveryStreamName: string) {
  const groupName = `/aws/kinesisfirehose/${deliveryStreamName}`;
  const logGroup = new LogGroup(stack, 'DeliveryLog', {
    logGroupName: groupName,
    retention: stack.settings.logDays as RetentionDays,
    removalPolicy: GONE_WITH_STACK,
  });
  const stream = new LogStream(stack, 'DeliveryLogStream', {
    logGroup,
    logStreamName: LOG_STREAM,
    removalPolicy: GONE_WITH_STACK,
  });
  const streamArn = `${stack.arns.logGroup(groupName)}:log-stream:${LOG_STREAM}`;
  return { groupName, stream, streamArn };
}

/**
 * What Firehose may do for this delivery: to read the stream, to call the function, to write into the bucket, to say what
 * fails. Streams and bucket are encrypted with keys of AWS, which need no permission of their own.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
 */
function roleOf(
  stack: KitStack,
  deliveryStreamName: string,
  {
    bucketArn,
    functionArn,
    logStreamArn,
  }: { readonly bucketArn: string; readonly functionArn: string; readonly logStreamArn: string },
): Role {
  const role = new Role(stack, 'DeliveryRole', {
    description: `What Firehose may do for ${deliveryStreamName}`,
    assumedBy: new ServicePrincipal('firehose.amazonaws.com'),
  });
  allow(role, {
    actions: [
      'kinesis:DescribeStream',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
    ],
    resources: [stack.arns.stream(ARCHIVE_DELIVERY.source)],
    reason: 'reads the readings',
  });
  allow(role, {
    actions: ['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'],
    resources: [functionArn, `${functionArn}:$LATEST`],
    reason: 'has the function transform what it delivers, and looks at its timeout before',
  });
  allow(role, {
    actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
    resources: [bucketArn],
    reason: 'finds the bucket, and uploads that it has begun',
  });
  allow(role, {
    actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
    resources: [READINGS_PREFIX, FAILED_PREFIX].map((prefix) => `${bucketArn}/${prefix}*`),
    reason: 'writes readings and what is none, each under its prefix, and looks at what it has written',
  });
  allow(role, {
    actions: ['logs:PutLogEvents'],
    resources: [logStreamArn],
    reason: 'says what it could not deliver',
  });
  return role;
}
