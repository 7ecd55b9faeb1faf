import type { Checksum } from '../body/checksums.ts';
import type { Extent } from './blobs.ts';

export type Pairs = readonly (readonly [name: string, value: string])[];

/** How it would be encrypted: told back, and not done. */
export interface Encryption {
  readonly algorithm: string;
  readonly keyId?: string;
  readonly bucketKey?: boolean;
}

/** What a client says of an object's content when it brings it. */
export interface ObjectAttributes {
  /** `content-type`, `cache-control` and others that are given back as they came; lower-case names. */
  readonly headers: Pairs;
  /** Names without `x-amz-meta-`, in lower case. */
  readonly metadata: Pairs;
  readonly tags: Pairs;
  readonly storageClass: string;
  readonly encryption: Encryption;
}

/** One part of an object that came in parts. */
export interface ObjectPart {
  readonly number: number;
  readonly size: number;
  /** Base64. */
  readonly checksum?: string;
}

export interface StoredObject extends ObjectAttributes {
  readonly key: string;
  readonly size: number;
  /** Without its quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  readonly content: readonly Extent[];
  readonly checksum?: Checksum;
  /** Of a multipart upload. */
  readonly parts?: readonly ObjectPart[];
  /** Hexadecimal, longer or greater for each change: what events are ordered by. */
  readonly sequencer: string;
}
