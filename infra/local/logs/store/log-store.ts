import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Documents, openDocuments } from '../../documents.ts';
import { alreadyExists, groupNotFound } from '../errors.ts';
import { type GroupLimits, LogGroup } from './log-group.ts';

/** What is known of a log group, apart from its streams. */
export interface GroupDocument {
  readonly name: string;
  /** Its folder is named after this, never after its name. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly creationTime: number;
  readonly logGroupClass: string;
  /** Absent: for ever. */
  readonly retentionInDays?: number | undefined;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

export interface LogStoreOptions {
  /** Created if missing. */
  readonly folder: string;
  readonly limits: GroupLimits;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/** Characters of one event, at most; the rest is cut off. Of ASCII, what PutLogEvents would take. */
const LONGEST_MESSAGE = 1024 * 1024 - 26;

/** All log groups: a file of documents, and a folder for each one's streams. */
export class LogStore {
  readonly #options: LogStoreOptions;
  readonly #documents: Documents<GroupDocument>;
  readonly #groups = new Map<string, LogGroup>();
  #nextNumber = 1;

  /** @throws WildRydesError STATE_CORRUPT, STATE_UNUSABLE */
  constructor(options: LogStoreOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true });
    this.#documents = openDocuments({ file: join(options.folder, 'groups.json'), what: 'log groups' });
    const documents = this.#documents.all();
    this.#nextNumber = 1 + Math.max(0, ...documents.map(({ number }) => number));
    this.#sweep(new Set(documents.map(({ number }) => folderName(number))));
    for (const document of documents) this.#open(document);
  }

  /** By name. */
  all(): readonly GroupDocument[] {
    return this.#documents.all();
  }

  /** @throws ServiceError ResourceNotFoundException */
  document(name: string): GroupDocument {
    const document = this.#documents.get(name);
    if (document === undefined) throw groupNotFound();
    return document;
  }

  /** @throws ServiceError ResourceNotFoundException */
  group(name: string): LogGroup {
    const group = this.#groups.get(name);
    if (group === undefined) throw groupNotFound();
    return group;
  }

  /** On disk when it returns. @throws ServiceError ResourceAlreadyExistsException */
  create(name: string, more: Pick<GroupDocument, 'logGroupClass' | 'tags'>): LogGroup {
    if (this.#documents.has(name)) throw alreadyExists('log group');
    const document = { ...more, name, number: this.#nextNumber, creationTime: this.#options.now() };
    this.#documents.put(name, document);
    this.#nextNumber += 1;
    return this.#open(document);
  }

  /** On disk when it returns. @throws ServiceError ResourceNotFoundException */
  update(name: string, change: Partial<Pick<GroupDocument, 'retentionInDays' | 'tags'>>): void {
    this.#documents.put(name, { ...this.document(name), ...change });
  }

  /** On disk when it returns. @throws ServiceError ResourceNotFoundException */
  delete(name: string): void {
    const group = this.group(name);
    this.#documents.delete(name);
    this.#groups.delete(name);
    group.remove();
  }

  /**
   * Adds an event and returns at once, whatever happens; its group and its stream are made if they are missing.
   * What cannot be written is told in the log.
   */
  write(groupName: string, streamName: string, timestamp: number, message: string): void {
    if (message === '') return;
    try {
      const group =
        this.#groups.get(groupName) ?? this.create(groupName, { logGroupClass: 'STANDARD', tags: [] });
      group.openStream(streamName).write(timestamp, message.slice(0, LONGEST_MESSAGE));
    } catch (error) {
      this.#options.log(`logs: an event of ${groupName} could not be written: ${String(error)}`);
    }
  }

  async close(): Promise<void> {
    for (const group of this.#groups.values()) await group.flush();
  }

  #open(document: GroupDocument): LogGroup {
    const { folder, limits, now, log } = this.#options;
    const group = new LogGroup({ folder: join(folder, folderName(document.number)), limits, now, log });
    this.#groups.set(document.name, group);
    return group;
  }

  /** Removes what a crash left of groups that were deleted. */
  #sweep(owned: ReadonlySet<string>): void {
    const { folder } = this.#options;
    for (const entry of readdirSync(folder)) {
      if (/^group-\d+$/.test(entry) && !owned.has(entry)) rmSync(join(folder, entry), { recursive: true });
    }
  }
}

function folderName(number: number): string {
  return `group-${number}`;
}
