import { CfnEventInvokeConfig, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { FunctionManifest, ObjectTrigger } from '../../processor/manifest.ts';
import type { KitFunction } from './function.ts';
import type { KitStack } from './kit-stack.ts';
import { allow } from './policy.ts';

/**
 * What becomes of an event that a function fails at: two more attempts, as long as there is room for them within six hours,
 * and then the topic is told. The most that Lambda offers of each, and its defaults.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
 */
const ATTEMPTS = { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 21_600 } as const;

/**
 * Lets S3 call a function with what is put into the buckets of its triggers, and tells of events that were given up. That a
 * bucket calls is a setting of the bucket: `rulesFor`.
 *
 * @returns what must be there before a bucket may name the function: S3 tries whether it can call it
 */
export function calledWithObjects(
  stack: KitStack,
  kitFunction: KitFunction,
  manifest: FunctionManifest,
  onFailureArn: string,
): CfnPermission[] {
  const { fn, role } = kitFunction;
  allow(role, {
    actions: ['sns:Publish'],
    resources: [onFailureArn],
    reason: 'Lambda tells in its name of the events that it gave up',
  });
  const attempts = new CfnEventInvokeConfig(kitFunction, 'Attempts', {
    functionName: fn.functionName,
    qualifier: '$LATEST',
    ...ATTEMPTS,
    destinationConfig: { onFailure: { destination: onFailureArn } },
  });
  // AWS looks at the role when it is told where to publish.
  attempts.node.addDependency(role);
  const buckets = new Set(objectTriggersOf(manifest).map(({ bucket }) => bucket));
  return [...buckets].map(
    (bucket) =>
      new CfnPermission(kitFunction, `From-${bucket}`, {
        action: 'lambda:InvokeFunction',
        functionName: fn.functionName,
        principal: 's3.amazonaws.com',
        // Names of buckets are the world's: should ours be gone and another's, it does not call.
        sourceAccount: stack.account,
        sourceArn: stack.arns.bucket(bucket),
      }),
  );
}

/** Which function is called with which of a bucket's objects. */
type Rule = Pick<ObjectTrigger, 'prefix' | 'suffix'> & { readonly functionName: string };

/**
 * What a bucket has to tell the functions of, by their triggers.
 *
 * @throws Error when two rules are for one object, which S3 refuses
 */
export function rulesFor(
  stack: KitStack,
  bucket: string,
  manifests: readonly FunctionManifest[],
): CfnBucket.LambdaConfigurationProperty[] {
  const rules = manifests.flatMap((manifest) =>
    objectTriggersOf(manifest)
      .filter((trigger) => trigger.bucket === bucket)
      .map(({ prefix, suffix }) => ({ prefix, suffix, functionName: manifest.functionName })),
  );
  refuseOverlaps(bucket, rules);
  return rules.map(({ prefix, suffix, functionName }) => ({
    event: 's3:ObjectCreated:*',
    function: stack.arns.function(functionName),
    filter: {
      s3Key: {
        rules: [
          ...(prefix === '' ? [] : [{ name: 'prefix', value: prefix }]),
          ...(suffix === '' ? [] : [{ name: 'suffix', value: suffix }]),
        ],
      },
    },
  }));
}

function objectTriggersOf({ triggers }: FunctionManifest): ObjectTrigger[] {
  return triggers.filter((trigger) => trigger.on === 'objects');
}

/**
 * Two rules are for one object when one's prefix begins the other's and one's suffix ends the other's.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
function refuseOverlaps(bucket: string, rules: readonly Rule[]): void {
  for (const [at, one] of rules.entries()) {
    for (const other of rules.slice(at + 1)) {
      const prefixes = one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix);
      const suffixes = one.suffix.endsWith(other.suffix) || other.suffix.endsWith(one.suffix);
      if (prefixes && suffixes)
        throw new Error(`${bucket} has two rules for one object: ${told(one)}, ${told(other)}`);
    }
  }
}

const told = ({ prefix, suffix, functionName }: Rule) => `${prefix}*${suffix} to ${functionName}`;
