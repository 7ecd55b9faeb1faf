import { LOCAL } from '../../../telemetry/topology.ts';
import type { Rule } from '../protocol/validation.ts';
import type { Applications } from './applications.ts';
import { AnalyticsError, invalidArgument, notFound } from './errors.ts';
import type { ApplicationRecord } from './record.ts';
import { ARN } from './shapes.ts';

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_Tag.html */
const TAG_KEY = { type: 'String', min: 1, max: 128 } as const satisfies Rule;

export const TAGS = {
  type: 'List',
  min: 1,
  max: 200,
  each: {
    type: 'Structure',
    members: { Key: { ...TAG_KEY, required: true }, Value: { type: 'String', max: 256 } },
  },
} as const satisfies Rule;

export const TAG_KEYS = {
  type: 'List',
  required: true,
  min: 1,
  max: 200,
  each: TAG_KEY,
} as const satisfies Rule;

export const RESOURCE_ARN = { ...ARN, required: true } as const satisfies Rule;

/** Tags of one application. Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_TagResource.html */
const MOST_TAGS = 50;

type Tags = ApplicationRecord['tags'];

/**
 * Tags with others added, in place of those with the same keys.
 *
 * @throws AnalyticsError InvalidArgumentException for a key that is given twice or reserved, TooManyTagsException
 */
export function withTags(
  before: Tags,
  given: readonly { readonly Key: string; readonly Value: string | undefined }[],
): Tags {
  const keys = new Set(given.map(({ Key }) => Key));
  if (keys.size < given.length) throw invalidArgument('Each tag key may be given once.');
  const reserved = given.find(({ Key }) => /^aws:/i.test(Key));
  if (reserved !== undefined) {
    throw invalidArgument(`Tag keys that begin with aws: are reserved (given ${reserved.Key}).`);
  }
  const kept = before.filter(([key]) => !keys.has(key));
  const all = [...kept, ...given.map(({ Key, Value = '' }) => [Key, Value] as const)];
  if (all.length > MOST_TAGS) {
    throw new AnalyticsError(
      'TooManyTagsException',
      `An application may have ${MOST_TAGS} tags (given ${all.length}).`,
    );
  }
  return all;
}

/**
 * The application of an ARN. All regions see the same ones, so that its region is not looked at.
 *
 * @throws AnalyticsError InvalidArgumentException for what is no application's ARN, ResourceNotFoundException
 */
export function applicationOf(arn: string, applications: Applications): ApplicationRecord {
  const [, account, name] =
    /^arn:aws[a-z-]*:kinesisanalytics:[a-z0-9-]+:(\d{12}):application\/([a-zA-Z0-9_.-]{1,128})$/.exec(arn) ??
    [];
  if (name === undefined) throw invalidArgument(`ResourceARN must be that of an application (given ${arn}).`);
  if (account !== LOCAL.accountId) throw notFound(`Application ${arn}`);
  return applications.get(name);
}
