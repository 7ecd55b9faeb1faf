import { quoted, xmlDate } from './answers.ts';
import type { Listed } from './listing.ts';
import { OWNER } from './owner.ts';
import type { Bucket } from './store/bucket.ts';
import { element, leaf } from './xml.ts';

/** Elements of what was listed: the keys, then the common prefixes, as both versions of ListObjects have them. */
export function contentsOf(
  listed: readonly Listed[],
  objects: Bucket,
  encode: (name: string) => string,
  withOwner: boolean,
): string[] {
  const contents = listed.flatMap((one) => {
    const object = 'key' in one ? objects.get(one.key) : undefined;
    if (object === undefined) return [];
    const { key, modified, etag, size, storageClass, checksum } = object;
    return element(
      'Contents',
      leaf('Key', encode(key)),
      leaf('LastModified', xmlDate(modified)),
      leaf('ETag', quoted(etag)),
      leaf('ChecksumAlgorithm', checksum?.algorithm),
      leaf('ChecksumType', checksum?.type),
      leaf('Size', size),
      withOwner ? OWNER : undefined,
      leaf('StorageClass', storageClass),
    );
  });
  return [...contents, ...commonPrefixes(listed, encode)];
}

export function commonPrefixes(listed: readonly Listed[], encode: (name: string) => string): string[] {
  return listed.flatMap((one) =>
    'prefix' in one ? [element('CommonPrefixes', leaf('Prefix', encode(one.prefix)))] : [],
  );
}
