import { join } from 'node:path';
import type { ChecksumAlgorithm, ChecksumType } from '../body/checksums.ts';
import type { Blobs, Extent } from './blobs.ts';
import { Journal } from './journal.ts';
import type { ObjectAttributes, StoredObject } from './object.ts';
import { SortedKeys } from './sorted-keys.ts';

/** A multipart upload under way, as it was begun. */
export interface Upload extends ObjectAttributes {
  readonly id: string;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly initiated: number;
  /** What every part is summed with. */
  readonly algorithm: ChecksumAlgorithm;
  readonly checksumType: ChecksumType;
  /** Whether the client chose the algorithm, and so is told of it. */
  readonly chosen: boolean;
}

/** One part that was uploaded, and not yet made an object of. */
export interface UploadedPart {
  readonly number: number;
  readonly size: number;
  /** MD5 in hexadecimal. */
  readonly etag: string;
  /** Base64. */
  readonly checksum: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  readonly content: readonly Extent[];
}

/** An event that a function has not yet taken. */
export interface PendingEvent {
  readonly id: string;
  readonly functionArn: string;
  readonly event: unknown;
}

type Entry =
  | { readonly is: 'put'; readonly object: StoredObject }
  | { readonly is: 'delete'; readonly key: string }
  | { readonly is: 'begin'; readonly upload: Upload }
  | { readonly is: 'part'; readonly upload: string; readonly part: UploadedPart }
  | { readonly is: 'end'; readonly upload: string }
  | { readonly is: 'event'; readonly event: PendingEvent }
  | { readonly is: 'told'; readonly event: string };

interface OpenUpload {
  readonly upload: Upload;
  /** By number. */
  readonly parts: Map<number, UploadedPart>;
}

export interface BucketOptions {
  /** Folder that exists. */
  readonly folder: string;
  readonly blobs: Blobs;
  readonly log: (line: string) => void;
}

/**
 * The objects and uploads of one bucket. Each change is one line of its journal, and is seen when that line is
 * written: at once, so that who compares before a change sees nothing come between.
 */
export class Bucket {
  readonly #blobs: Blobs;
  readonly #objects = new Map<string, StoredObject>();
  readonly #uploads = new Map<string, OpenUpload>();
  readonly #events = new Map<string, PendingEvent>();
  readonly #journal: Journal<Entry>;
  /** In order of their bytes. */
  readonly keys: SortedKeys;
  /** The greatest sequencer of before. */
  lastSequencer = '';

  /** @throws WildRydesError STATE_CORRUPT, STATE_UNUSABLE */
  constructor({ folder, blobs, log }: BucketOptions) {
    this.#blobs = blobs;
    this.#journal = new Journal<Entry>({
      file: join(folder, 'journal'),
      replay: (entry) => this.#keep(entry),
      snapshot: () => this.#snapshot(),
      live: () => this.#objects.size + this.#uploads.size + this.#events.size,
      log,
    });
    this.keys = new SortedKeys(this.#objects.keys());
    for (const { content } of this.#contents()) blobs.retain(content);
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** Adds an object, or replaces what has its key, and retains its content. */
  put(object: StoredObject, events: readonly PendingEvent[] = []): void {
    this.#change({ is: 'put', object }, ...events.map(asEntry));
  }

  /** Nothing happens, and no event, if there is none. */
  delete(key: string, events: readonly PendingEvent[] = []): void {
    if (this.#objects.has(key)) this.#change({ is: 'delete', key }, ...events.map(asEntry));
  }

  /** In no order. */
  uploads(): Upload[] {
    return [...this.#uploads.values()].map(({ upload }) => upload);
  }

  upload(id: string): Upload | undefined {
    return this.#uploads.get(id)?.upload;
  }

  /** In the order of their numbers. */
  parts(uploadId: string): UploadedPart[] {
    const parts = this.#uploads.get(uploadId)?.parts.values() ?? [];
    return [...parts].sort((a, b) => a.number - b.number);
  }

  beginUpload(upload: Upload): void {
    this.#change({ is: 'begin', upload });
  }

  /** Adds a part to an upload that is there, or replaces the one of that number, and retains its content. */
  putPart(uploadId: string, part: UploadedPart): void {
    this.#change({ is: 'part', upload: uploadId, part });
  }

  endUpload(uploadId: string): void {
    this.#change({ is: 'end', upload: uploadId });
  }

  /** Ends an upload in its object. */
  completeUpload(uploadId: string, object: StoredObject, events: readonly PendingEvent[]): void {
    this.#change({ is: 'put', object }, { is: 'end', upload: uploadId }, ...events.map(asEntry));
  }

  pendingEvents(): PendingEvent[] {
    return [...this.#events.values()];
  }

  /** A function has taken an event. */
  told(eventId: string): void {
    this.#change({ is: 'told', event: eventId });
  }

  /** Lets go of all content: the bucket is no more. */
  release(): void {
    for (const { content } of this.#contents()) this.#blobs.release(content);
  }

  close(): void {
    this.#journal.close();
  }

  #change(...entries: readonly Entry[]): void {
    this.#journal.append(...entries);
    for (const entry of entries) {
      // What is new before what is old: they may share content.
      if (entry.is === 'put') this.#blobs.retain(entry.object.content);
      if (entry.is === 'part') this.#blobs.retain(entry.part.content);
      if (entry.is === 'put' && !this.#objects.has(entry.object.key)) this.keys.add(entry.object.key);
      if (entry.is === 'delete') this.keys.delete(entry.key);
      for (const content of this.#keep(entry)) this.#blobs.release(content);
    }
    this.#journal.settle();
  }

  /** Makes one change in memory; returns the content that it let go of. */
  #keep(entry: Entry): (readonly Extent[])[] {
    switch (entry.is) {
      case 'put': {
        const before = this.#objects.get(entry.object.key);
        this.#objects.set(entry.object.key, entry.object);
        const { sequencer } = entry.object;
        if (sequencer > this.lastSequencer) this.lastSequencer = sequencer;
        return before === undefined ? [] : [before.content];
      }
      case 'delete': {
        const before = this.#objects.get(entry.key);
        this.#objects.delete(entry.key);
        return before === undefined ? [] : [before.content];
      }
      case 'begin':
        this.#uploads.set(entry.upload.id, { upload: entry.upload, parts: new Map() });
        return [];
      case 'part': {
        const parts = this.#uploads.get(entry.upload)?.parts;
        const before = parts?.get(entry.part.number);
        parts?.set(entry.part.number, entry.part);
        return before === undefined ? [] : [before.content];
      }
      case 'end': {
        const parts = [...(this.#uploads.get(entry.upload)?.parts.values() ?? [])];
        this.#uploads.delete(entry.upload);
        return parts.map(({ content }) => content);
      }
      case 'event':
        this.#events.set(entry.event.id, entry.event);
        return [];
      case 'told':
        this.#events.delete(entry.event);
        return [];
    }
  }

  *#contents(): Generator<{ readonly content: readonly Extent[] }, void, undefined> {
    yield* this.#objects.values();
    for (const { parts } of this.#uploads.values()) yield* parts.values();
  }

  *#snapshot(): Generator<Entry, void, undefined> {
    for (const object of this.#objects.values()) yield { is: 'put', object };
    for (const { upload, parts } of this.#uploads.values()) {
      yield { is: 'begin', upload };
      for (const part of parts.values()) yield { is: 'part', upload: upload.id, part };
    }
    for (const event of this.#events.values()) yield { is: 'event', event };
  }
}

function asEntry(event: PendingEvent): Entry {
  return { is: 'event', event };
}
