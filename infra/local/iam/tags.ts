import { members, textElement } from '../protocol/query-xml.ts';
import { invalidInput } from './errors.ts';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** @throws ServiceError InvalidInput if a key is there twice; keys are the same whatever their case */
export function checkedTags(tags: readonly Tag[] | undefined = []): readonly Tag[] {
  const keys = new Set(tags.map(({ Key }) => Key.toLowerCase()));
  if (keys.size < tags.length) {
    throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  return tags;
}

/** '' if there are none. */
export function tagsElement(tags: readonly Tag[]): string {
  if (tags.length === 0) return '';
  return members(
    'Tags',
    tags.map(({ Key, Value }) => textElement('Key', Key) + textElement('Value', Value)),
  );
}
