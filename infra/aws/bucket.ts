import { Duration } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type LifecycleRule } from 'aws-cdk-lib/aws-s3';
import { GONE_WITH_STACK, type KitStack } from './kit-stack.ts';
import { suppress } from './nag.ts';

/** Days after which what was quarantined is deleted. */
export const QUARANTINE_BUCKET_DAYS = 30;

/**
 * A bucket that nobody outside of the account reads, over TLS only, encrypted, whose objects go after some days, and that
 * goes with its stack.
 *
 * @param name the kit's name for it
 * @param life days after which objects go; or rules, where not all of them go alike
 */
export function privateBucket(
  stack: KitStack,
  name: string,
  life: { readonly days: number } | { readonly rules: readonly LifecycleRule[] },
): Bucket {
  const rules = 'rules' in life ? life.rules : [{ expiration: Duration.days(life.days) }];
  const bucket = new Bucket(stack, `Bucket-${name}`, {
    bucketName: stack.names.bucket(stack, name),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    lifecycleRules: [...rules, { abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    removalPolicy: GONE_WITH_STACK,
  });
  suppress(
    bucket,
    'AwsSolutions-S1',
    'access logs would need a bucket that outlives the others, and cost more than what they tell of is worth: nobody outside of the account reads this one, and CloudTrail can log its objects where an account wants that',
  );
  return bucket;
}
