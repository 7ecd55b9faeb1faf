/** A document, or what is left of one: its version stays, so that nothing older comes back. */
interface Entry {
  version: bigint;
  source: Readonly<Record<string, unknown>> | undefined;
}

export interface Outcome {
  readonly status: number;
  readonly result?: 'created' | 'updated' | 'deleted' | 'not_found';
  readonly version?: bigint;
  readonly error?: { readonly type: string; readonly reason: string };
}

export interface IndexTemplate {
  readonly index_patterns: readonly string[];
  readonly priority?: number;
  readonly template?: { readonly settings?: object; readonly mappings?: { readonly properties?: object } };
}

/** What the versions of a write mean. */
export interface Versioning {
  readonly type: 'internal' | 'external' | 'external_gte';
  readonly version: bigint | undefined;
}

/**
 * Indices as OpenSearch keeps them, as far as the functions here see: external versions, tombstones that never expire,
 * fields that are mapped as dates refuse what is none, and terms.
 */
export class DocumentStore {
  readonly indices = new Map<string, Map<string, Entry>>();
  readonly templates = new Map<string, IndexTemplate>();

  /** Documents that are there, by id. */
  documents(index: string): Map<string, Readonly<Record<string, unknown>>> {
    const found = new Map<string, Readonly<Record<string, unknown>>>();
    for (const [id, { source }] of this.indices.get(index) ?? []) if (source) found.set(id, source);
    return found;
  }

  /** The template of the highest priority that is for an index of this name. */
  templateOf(index: string): IndexTemplate | undefined {
    return [...this.templates.values()]
      .filter(({ index_patterns }) => index_patterns.some((pattern) => matches(pattern, index)))
      .sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0))[0];
  }

  /** Another template of the same priority that some index would fit as well, by name: there must be none. */
  rivalOf(name: string, { index_patterns, priority = 0 }: IndexTemplate): string | undefined {
    const rival = [...this.templates].find(
      ([other, { index_patterns: patterns, priority: theirs = 0 }]) =>
        other !== name &&
        theirs === priority &&
        patterns.some((pattern) => index_patterns.some((asked) => overlap(pattern, asked))),
    );
    return rival?.[0];
  }

  index(index: string, id: string, source: unknown, versioning: Versioning): Outcome {
    const fault = nameFault(index);
    if (fault !== undefined)
      return { status: 400, error: { type: 'invalid_index_name_exception', reason: fault } };
    const documents = this.#open(index);
    const entry = documents.get(id);
    // Documents are parsed before versions are compared.
    if (typeof source !== 'object' || source === null || Array.isArray(source))
      return unparsable('no object');
    const bad = this.#badField(index, source as Record<string, unknown>);
    if (bad !== undefined) return unparsable(bad);
    const conflict = conflictOf(id, entry, versioning);
    if (conflict !== undefined) return conflict;
    const existed = entry?.source !== undefined;
    const version = versioning.version ?? (entry?.version ?? 0n) + 1n;
    documents.set(id, { version, source: source as Record<string, unknown> });
    return { status: existed ? 200 : 201, result: existed ? 'updated' : 'created', version };
  }

  delete(index: string, id: string, versioning: Versioning): Outcome {
    // A version to keep is a reason to make the index; otherwise nothing is there to be deleted.
    if (versioning.version === undefined && !this.indices.has(index)) {
      return {
        status: 404,
        error: { type: 'index_not_found_exception', reason: `no such index [${index}]` },
      };
    }
    const documents = this.#open(index);
    const entry = documents.get(id);
    const conflict = conflictOf(id, entry, versioning);
    if (conflict !== undefined) return conflict;
    const existed = entry?.source !== undefined;
    const version = versioning.version ?? (entry?.version ?? 0n) + 1n;
    documents.set(id, { version, source: undefined });
    return { status: existed ? 200 : 404, result: existed ? 'deleted' : 'not_found', version };
  }

  #open(index: string): Map<string, Entry> {
    const documents = this.indices.get(index) ?? new Map<string, Entry>();
    this.indices.set(index, documents);
    return documents;
  }

  /** Why a field that is mapped as a date, without being lenient, cannot be one; or a keyword cannot be an object. */
  #badField(index: string, source: Readonly<Record<string, unknown>>): string | undefined {
    const { mappings, settings } = this.templateOf(index)?.template ?? {};
    const { index: { mapping: { ignore_malformed: lenient = false } = {} } = {} } = (settings ?? {}) as {
      readonly index?: { readonly mapping?: { readonly ignore_malformed?: boolean } };
    };
    const properties = (mappings?.properties ?? {}) as Readonly<
      Record<string, { readonly type?: string; readonly ignore_malformed?: boolean }>
    >;
    for (const [name, { type, ignore_malformed = lenient }] of Object.entries(properties)) {
      const value = source[name];
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      // What an index that is lenient as a whole leaves out, without a word.
      if (type === 'keyword' && isObject && !lenient)
        return `failed to parse field [${name}] of type [keyword]`;
      if (type !== 'date' || ignore_malformed || value === undefined || value === null) continue;
      if (
        typeof value !== 'string' ||
        Number.isNaN(Date.parse(`${value.replace(' ', 'T').replace(/Z$/, '')}Z`))
      ) {
        return `failed to parse field [${name}] of type [date]`;
      }
    }
    return undefined;
  }
}

function conflictOf(
  id: string,
  entry: Entry | undefined,
  { type, version }: Versioning,
): Outcome | undefined {
  if (entry === undefined || version === undefined) return undefined;
  const isOld = type === 'external_gte' ? version < entry.version : version <= entry.version;
  if (!isOld) return undefined;
  const reason = `[${id}]: version conflict, current version [${entry.version}] is higher than the one provided [${version}]`;
  return { status: 409, error: { type: 'version_conflict_engine_exception', reason } };
}

function unparsable(reason: string): Outcome {
  return { status: 400, error: { type: 'mapper_parsing_exception', reason } };
}

function matches(pattern: string, index: string): boolean {
  const parts = pattern.split('*').map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(index);
}

/** Whether some name fits both patterns, which have a star at their end or none. */
function overlap(one: string, other: string): boolean {
  const [a, b] = [one, other].map((pattern) => pattern.replace(/\*$/, '')) as [string, string];
  return matches(one, b) || matches(other, a);
}

function nameFault(index: string): string | undefined {
  if (index !== index.toLowerCase()) return `Invalid index name [${index}], must be lowercase`;
  if (/^[-_+]/.test(index)) return `Invalid index name [${index}], must not start with '_', '-', or '+'`;
  if (/[\\/*?"<>| ,#:]/.test(index)) return `Invalid index name [${index}], must not contain such characters`;
  return undefined;
}
