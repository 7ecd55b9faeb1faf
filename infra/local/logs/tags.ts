import { ServiceError } from '../protocol/errors.ts';
import { characters } from '../protocol/validation.ts';
import { groupNameOf } from './arn.ts';
import { invalidParameter } from './errors.ts';
import type { LogStore } from './store/log-store.ts';

export type Tags = readonly (readonly [key: string, value: string])[];

/** Of one resource. Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
const MOST_TAGS = 50;

const KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,}$/u;
const VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** @throws ServiceError InvalidParameterException for a key or a value that no tag may have */
export function tagEntries(tags: Readonly<Record<string, string>>): Tags {
  for (const [key, value] of Object.entries(tags)) {
    if (!KEY.test(key) || characters(key) > 128) {
      throw invalidParameter(
        `A tag's key must be 1 to 128 letters, digits, spaces or _.:/=+-@ (given ${key})`,
      );
    }
    if (!VALUE.test(value) || characters(value) > 256) {
      throw invalidParameter(
        `A tag's value must be at most 256 letters, digits, spaces or _.:/=+-@ (given ${value})`,
      );
    }
  }
  return Object.entries(tags);
}

/** @throws ServiceError TooManyTagsException */
export function withTags(tags: Tags, more: Tags): Tags {
  const merged = [...new Map([...tags, ...more])];
  if (merged.length > MOST_TAGS) throw tooManyTags(merged.length);
  return merged;
}

function tooManyTags(given: number): ServiceError {
  return new ServiceError(
    'TooManyTagsException',
    `A resource has at most ${MOST_TAGS} tags (given ${given}).`,
  );
}

/** The name of the group that a resource's ARN names. @throws ServiceError ResourceNotFoundException */
export function taggedGroup(store: LogStore, resourceArn: string): string {
  return store.document(groupNameOf(resourceArn)).name;
}
