import { type App, Duration } from 'aws-cdk-lib';
import { type Bucket, type CfnBucket, type LifecycleRule, StorageClass } from 'aws-cdk-lib/aws-s3';
import { ARCHIVE_DELIVERY } from '../../../processor/archive/delivery.ts';
import { manifest } from '../../../processor/archive/manifest.ts';
import { RESULTS_PREFIX } from '../../archive/athena-names.ts';
import { READINGS_PREFIX } from '../../archive/hours.ts';
import { athenaFor } from '../archive/athena.ts';
import { deliveryFor, FAILED_PREFIX } from '../archive/delivery.ts';
import { privateBucket } from '../bucket.ts';
import { KitFunction } from '../function.ts';
import { KitStack } from '../kit-stack.ts';
import type { Settings } from '../settings.ts';

/** Days that objects are kept, by what they are: readings, what is none, and answers to queries, which can be asked again. */
const DAYS = { readings: 90, failed: 30, results: 7 } as const;

/** Bytes above which an object of readings is moved. */
const WORTH_MOVING = 512 * 1024;

/**
 * From 30 days on, what is large enough is kept where keeping costs about half. Moving an object costs $0.01 for a thousand,
 * and 60 days of the cheaper class save $0.021 a GB: it pays from half a megabyte on. Reading it there costs $0.01 a GB,
 * less than is saved as long as it is read no more than twice. us-east-1, 2026-11-28.
 * Source: https://aws.amazon.com/s3/pricing/
 */
const RARELY_READ: LifecycleRule = {
  prefix: READINGS_PREFIX,
  objectSizeGreaterThan: WORTH_MOVING,
  transitions: [{ storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(30) }],
};

/** Every reading, in a bucket by the hour, and SQL over it. */
export class ArchiveStack extends KitStack {
  constructor(app: App, settings: Settings) {
    super(app, 'Archive', 'every reading in a bucket, and SQL over it', settings);
    const bucket = this.#bucket();
    const archiver = new KitFunction(this, manifest);
    deliveryFor(this, bucket, archiver.fn);
    athenaFor(this, bucket, DAYS.readings);
  }

  #bucket(): Bucket {
    const gone = (prefix: string, days: number) => ({ prefix, expiration: Duration.days(days) });
    const bucket = privateBucket(this, ARCHIVE_DELIVERY.bucket, {
      rules: [
        RARELY_READ,
        gone(READINGS_PREFIX, DAYS.readings),
        gone(FAILED_PREFIX, DAYS.failed),
        gone(RESULTS_PREFIX, DAYS.results),
      ],
    });
    // A number as CDK writes it; CloudFormation's schema has text here.
    const { defaultChild } = bucket.node;
    (defaultChild as CfnBucket).addPropertyOverride(
      'LifecycleConfiguration.Rules.0.ObjectSizeGreaterThan',
      String(WORTH_MOVING),
    );
    return bucket;
  }
}
