import { required } from '../environment.ts';
import type { Observer } from '../observer.ts';
import type { QuarantinePlace } from './quarantine.ts';
import { createLogQuarantine } from './to-log.ts';

/**
 * Where a function's environment says that refused records go: into the bucket `QUARANTINE_BUCKET` if that is set; else
 * into the stream `QUARANTINE_STREAM` if that is; else nowhere but into the log, so that a function works with no more
 * than its own permissions.
 *
 * Clients are made, and their packages loaded, when the first record is refused: hardly any environment ever needs them.
 *
 * @throws WildRydesError USAGE when there is a bucket, and AWS_LAMBDA_FUNCTION_NAME does not say whose records it gets
 */
export function quarantineFrom(
  variables: Readonly<Record<string, string | undefined>>,
  observer: Pick<Observer, 'warn'>,
): QuarantinePlace {
  const { QUARANTINE_BUCKET: bucket, QUARANTINE_STREAM: streamName } = variables;
  if (bucket) {
    const functionName = required(variables, 'AWS_LAMBDA_FUNCTION_NAME');
    return onFirstUse(() => openBucket(bucket, functionName));
  }
  if (streamName) return onFirstUse(() => openStream(streamName));
  return createLogQuarantine(observer);
}

async function openBucket(bucket: string, functionName: string): Promise<QuarantinePlace> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { createBucketQuarantine } = await import('./to-bucket.ts');
  return createBucketQuarantine({ client: new S3Client({}), bucket, functionName });
}

async function openStream(streamName: string): Promise<QuarantinePlace> {
  const { KinesisClient } = await import('@aws-sdk/client-kinesis');
  const { createStreamQuarantine } = await import('./to-stream.ts');
  return createStreamQuarantine({ client: new KinesisClient({}), streamName });
}

function onFirstUse(open: () => Promise<QuarantinePlace>): QuarantinePlace {
  let opened: Promise<QuarantinePlace> | undefined;
  return async (refused, effort) => {
    opened ??= open();
    return (await opened)(refused, effort);
  };
}
