import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Documents, openDocuments } from '../../documents.ts';
import { Blobs } from './blobs.ts';
import { Bucket } from './bucket.ts';
import { unusable } from './journal.ts';
import type { Encryption, Pairs } from './object.ts';

/** Which events of a bucket a function is told of. */
export interface NotificationRule {
  readonly id: string;
  readonly functionArn: string;
  /** `s3:ObjectCreated:*` */
  readonly events: readonly string[];
  /** Of the key as the client wrote it; '' for any. */
  readonly prefix: string;
  readonly suffix: string;
}

export const PUBLIC_ACCESS_SETTINGS = [
  'BlockPublicAcls',
  'IgnorePublicAcls',
  'BlockPublicPolicy',
  'RestrictPublicBuckets',
] as const;

/** The four settings that are true. */
export type PublicAccessBlock = readonly (typeof PUBLIC_ACCESS_SETTINGS)[number][];

/** What is kept of a bucket beside its objects. */
export interface BucketRecord {
  readonly name: string;
  /** Different for each bucket of that name: its folder. */
  readonly id: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly notifications: readonly NotificationRule[];
  /** null when it was removed. */
  readonly publicAccessBlock: PublicAccessBlock | null;
  readonly encryption: Encryption;
  readonly tags: Pairs;
  /** JSON text as it was given; null without one. */
  readonly policy: string | null;
}

export interface OpenBucket {
  readonly record: BucketRecord;
  readonly objects: Bucket;
}

/**
 * All buckets, in one folder:
 *
 *     buckets.json        what is configured
 *     buckets/ID/journal  a bucket's objects and uploads
 *     blobs/ID            contents
 */
export class Buckets {
  readonly #folder: string;
  readonly #log: (line: string) => void;
  readonly #records: Documents<BucketRecord>;
  readonly #open = new Map<string, Bucket>();
  readonly blobs: Blobs;

  /** @throws WildRydesError STATE_CORRUPT, STATE_UNUSABLE */
  constructor(folder: string, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
    this.#records = openDocuments<BucketRecord>({ file: join(folder, 'buckets.json'), what: 'buckets' });
    this.blobs = new Blobs(join(folder, 'blobs'), log);
    try {
      for (const record of this.#records.all()) this.#openBucket(record);
      this.#sweep();
    } catch (error) {
      for (const bucket of this.#open.values()) bucket.close();
      throw error;
    }
  }

  get(name: string): OpenBucket | undefined {
    const record = this.#records.get(name);
    const objects = this.#open.get(name);
    return record === undefined || objects === undefined ? undefined : { record, objects };
  }

  /** In the order of their names. */
  all(): OpenBucket[] {
    return this.#records.all().map((record) => ({ record, objects: this.#open.get(record.name)! }));
  }

  /** @param record of a name that is free */
  create(record: Omit<BucketRecord, 'id'>): void {
    const complete = { ...record, id: randomBytes(8).toString('hex') };
    this.#openBucket(complete);
    try {
      this.#records.put(record.name, complete);
    } catch (error) {
      this.#close(record.name);
      throw error;
    }
  }

  update(name: string, change: Partial<BucketRecord>): void {
    const record = this.#records.get(name);
    if (record !== undefined) this.#records.put(name, { ...record, ...change });
  }

  /** With all that is in it. */
  delete(name: string): void {
    const record = this.#records.get(name);
    if (record === undefined) return;
    this.#records.delete(name);
    this.#open.get(name)?.release();
    this.#close(name);
    rmSync(this.#folderOf(record), { recursive: true, force: true });
  }

  async close(): Promise<void> {
    for (const bucket of this.#open.values()) bucket.close();
    await this.blobs.close();
  }

  #openBucket(record: BucketRecord): void {
    const folder = this.#folderOf(record);
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw unusable(`cannot make ${folder}`, error);
    }
    this.#open.set(record.name, new Bucket({ folder, blobs: this.blobs, log: this.#log }));
  }

  #close(name: string): void {
    this.#open.get(name)?.close();
    this.#open.delete(name);
  }

  /** What an end in the middle of a change left behind. */
  #sweep(): void {
    const parent = join(this.#folder, 'buckets');
    mkdirSync(parent, { recursive: true });
    const known = new Set(this.#records.all().map(({ id }) => id));
    for (const name of readdirSync(parent)) {
      if (!known.has(name)) rmSync(join(parent, name), { recursive: true, force: true });
    }
    this.blobs.sweep();
  }

  #folderOf({ id }: BucketRecord): string {
    return join(this.#folder, 'buckets', id);
  }
}
