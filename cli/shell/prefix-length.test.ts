import { RegionInfo } from 'aws-cdk-lib/region-info';
import { expect, test } from 'vitest';
import { bucketNameOf } from '../../infra/aws/naming.ts';
import { isPrefix, LONGEST_PREFIX } from '../../telemetry/prefix.ts';
import { BUCKETS, DELIVERY_STREAMS, FUNCTIONS, STREAMS, TABLES, TOPICS } from '../../telemetry/topology.ts';
import { namesWith } from '../../workshop/names.ts';

/**
 * What AWS takes in a name, in characters.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html,
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html and
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
const LONGEST = { bucket: 63, name: 64 } as const;

const ACCOUNT = '111122223333';

/** Regions that are open to the public or to a country; those of secret networks have longer names, and no guests. */
const REGIONS = RegionInfo.regions
  .filter(({ partition }) => !partition?.startsWith('aws-iso'))
  .map(({ name }) => name);

function longest(texts: readonly string[]): string {
  return texts.reduce((one, other) => (other.length > one.length ? other : one));
}

const REGION = longest(REGIONS);
const prefixOfLength = (length: number) => `${'p'.repeat(length)}-`;

/** The longest bucket that a person with such a prefix has: of the pipeline, or of the workshop. */
function longestBucket(prefix: string): string {
  const { application } = namesWith(prefix);
  return longest([
    ...Object.values(BUCKETS).map((name) => bucketNameOf(prefix, name, ACCOUNT, REGION)),
    `${application}-${ACCOUNT}-${REGION}`,
  ]);
}

test('a prefix is as long as the longest bucket lets it be, in any region, and no longer', () => {
  expect(REGIONS.length).toBeGreaterThan(30);
  expect(longestBucket(prefixOfLength(LONGEST_PREFIX)).length).toBe(LONGEST.bucket);
  expect(isPrefix(prefixOfLength(LONGEST_PREFIX))).toBe(true);
  expect(isPrefix(prefixOfLength(LONGEST_PREFIX + 1))).toBe(false);
});

test('so are the other names, of functions and roles above all', () => {
  const prefix = prefixOfLength(LONGEST_PREFIX);
  const names = [
    ...[STREAMS, TOPICS, DELIVERY_STREAMS, FUNCTIONS].flatMap((kind) => Object.values<string>(kind)),
    ...Object.values(TABLES).map(({ name }) => name),
  ].map((name) => prefix + name);
  for (const name of [...names, ...Object.values(namesWith(prefix))]) {
    expect(name.length, name).toBeLessThanOrEqual(LONGEST.name);
  }
});
