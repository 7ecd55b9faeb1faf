import type { XmlElement } from '@rgrove/parse-xml';
import { invalidArgument, malformedXml, S3Error } from './errors.ts';
import type { Pairs } from './store/object.ts';
import { childOf, childrenOf, element, leaf, requiredText, xmlDocument } from './xml.ts';

/** Characters. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;
/** Of one object. Same source. */
export const MOST_OBJECT_TAGS = 10;
/** Of one bucket. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html */
export const MOST_BUCKET_TAGS = 50;

/** The header x-amz-tagging: pairs as in a query. */
export function readTagHeader(header: string | undefined): Pairs {
  if (header === undefined) return [];
  const tags = [...new URLSearchParams(header)];
  if (tags.some(([key]) => key === '')) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      'x-amz-tagging',
      header,
    );
  }
  return checkTags(tags, MOST_OBJECT_TAGS);
}

/** A Tagging document. */
export function readTags(tagging: XmlElement, most: number): Pairs {
  const set = childOf(tagging, 'TagSet');
  if (set === undefined) throw malformedXml();
  return readTagSet(set, most);
}

/** An element with Tag elements in it. */
export function readTagSet(set: XmlElement, most: number): Pairs {
  const tags = childrenOf(set, 'Tag').map(
    (tag) => [requiredText(tag, 'Key'), requiredText(tag, 'Value')] as const,
  );
  return checkTags(tags, most);
}

function checkTags(tags: Pairs, most: number): Pairs {
  if (tags.length > most) {
    const what = most === MOST_OBJECT_TAGS ? 'Object' : 'Bucket';
    throw new S3Error(400, 'BadRequest', `${what} tags cannot be greater than ${most}`);
  }
  const seen = new Set<string>();
  for (const [key, value] of tags) {
    if (seen.has(key)) throw invalidTag('Cannot provide multiple Tags with the same key', key);
    if (key === '' || key.length > LONGEST_KEY)
      throw invalidTag('The TagKey you have provided is invalid', key);
    if (value.length > LONGEST_VALUE) throw invalidTag('The TagValue you have provided is invalid', key);
    if (key.startsWith('aws:')) throw invalidTag('System tags cannot be added/updated by requester', key);
    seen.add(key);
  }
  return tags;
}

function invalidTag(message: string, key: string): S3Error {
  return new S3Error(400, 'InvalidTag', message, { TagKey: key });
}

export function taggingDocument(tags: Pairs): string {
  const each = tags.map(([key, value]) => element('Tag', leaf('Key', key), leaf('Value', value)));
  return xmlDocument('Tagging', element('TagSet', ...each));
}
