import { describeError, type Effort, insist } from '../resend.ts';
import type { WriteDocuments } from './bulk.ts';
import type { SearchClient } from './client.ts';

/** Indices that the kit's own records are in, and the one of access logs. */
export const INDEX_PATTERNS = {
  readings: 'wildrydes*',
  summaries: ['wildrydes-aggregated*', 'unicornsensordata*'],
  accessLogs: 'access-logs*',
} as const;

/** Index of access logs, unless the environment names another. */
export const ACCESS_LOGS_INDEX = 'access-logs';

/** How an index is laid out when it is first written to. */
export interface IndexTemplate {
  readonly name: string;
  readonly patterns: readonly string[];
  /** Of several that fit, the highest one counts, alone. */
  readonly priority: number;
  readonly mappings: object;
}

export interface TemplateOptions {
  /** Default: 1. */
  readonly shards?: number;
  /** Copies of each shard; 0, the default, where there is one node. */
  readonly replicas?: number;
}

/**
 * A deleted document's version is kept this long: longer than a table's stream keeps a change, so that an older change,
 * delivered again, never brings back what was removed. The server's default is a minute.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html and
 * https://docs.opensearch.org/latest/install-and-configure/configuring-opensearch/index-settings/
 */
const DELETED_VERSIONS_KEPT = '25h';

const KEYWORD = { type: 'keyword', ignore_above: 2048 } as const;
/** What does not fit is left out of the index, and stays in the document. */
const INTEGER = { type: 'integer', ignore_malformed: true } as const;
const DOUBLE = { type: 'double', ignore_malformed: true } as const;
/** StatusTime as the sensors write it, UTC; other tools' ISO-8601 too. */
const STATUS_TIME = {
  type: 'date',
  format: 'yyyy-MM-dd HH:mm:ss.SSS||strict_date_optional_time',
  ignore_malformed: true,
} as const;

/** What no mapping names: text is found by its words and, under `.keyword`, whole; integers may get decimals later. */
const DYNAMIC = [
  {
    strings: {
      match_mapping_type: 'string',
      mapping: { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } },
    },
  },
  { integers: { match_mapping_type: 'long', mapping: DOUBLE } },
] as const;

/** Text that looks like a date is text: the next document may hold anything. */
const LENIENT = { date_detection: false, dynamic_templates: DYNAMIC } as const;

export const TEMPLATES: readonly IndexTemplate[] = [
  {
    name: 'wildrydes-readings',
    patterns: [INDEX_PATTERNS.readings],
    priority: 100,
    mappings: {
      ...LENIENT,
      properties: {
        Name: KEYWORD,
        StatusTime: STATUS_TIME,
        Position: { type: 'geo_point', ignore_malformed: true },
        Latitude: DOUBLE,
        Longitude: DOUBLE,
        Distance: DOUBLE,
        MagicPoints: INTEGER,
        HealthPoints: INTEGER,
      },
    },
  },
  {
    name: 'wildrydes-summaries',
    patterns: INDEX_PATTERNS.summaries,
    priority: 200,
    mappings: {
      ...LENIENT,
      properties: {
        Name: KEYWORD,
        StatusTime: STATUS_TIME,
        Distance: DOUBLE,
        MinMagicPoints: INTEGER,
        MaxMagicPoints: INTEGER,
        MinHealthPoints: INTEGER,
        MaxHealthPoints: INTEGER,
        Readings: INTEGER,
      },
    },
  },
  {
    name: 'wildrydes-access-logs',
    patterns: [INDEX_PATTERNS.accessLogs],
    priority: 200,
    mappings: {
      ...LENIENT,
      properties: {
        Bucket: KEYWORD,
        Key: KEYWORD,
        Object: KEYWORD,
        Line: { type: 'long' },
        Version: { type: 'long' },
        Host: KEYWORD,
        Identity: KEYWORD,
        User: KEYWORD,
        Time: { type: 'date', format: 'strict_date_optional_time' },
        Method: KEYWORD,
        Protocol: KEYWORD,
        Status: INTEGER,
        Bytes: { type: 'long', ignore_malformed: true },
      },
    },
  },
];

/** The template of a table that none of the kit's own is for: exactly its index, by the lowest priority. */
export function tableTemplate(index: string): IndexTemplate {
  return { name: `wildrydes-table-${index}`, patterns: [index], priority: 50, mappings: LENIENT };
}

/** The JSON text of a template, as the server takes it. */
export function templateText(
  { patterns, priority, mappings }: IndexTemplate,
  { shards = 1, replicas = 0 }: TemplateOptions = {},
): string {
  return JSON.stringify({
    index_patterns: patterns,
    priority,
    template: {
      settings: {
        index: {
          number_of_shards: shards,
          number_of_replicas: replicas,
          gc_deletes: DELETED_VERSIONS_KEPT,
          mapping: { ignore_malformed: true },
        },
      },
      mappings,
    },
  });
}

/**
 * Gives a cluster the templates. They count for indices that are made later; doing it again changes nothing.
 * Source: https://docs.opensearch.org/latest/im-plugin/index-templates/
 *
 * @throws the last error of the first template that could not be put
 */
export async function putTemplates(
  client: SearchClient,
  effort: Effort,
  templates: readonly IndexTemplate[] = TEMPLATES,
  options: TemplateOptions = {},
): Promise<void> {
  for (const template of templates) {
    await insist(effort, (abortSignal) =>
      client.send(
        {
          method: 'PUT',
          path: `/_index_template/${encodeURIComponent(template.name)}`,
          body: { json: templateText(template, options) },
        },
        { abortSignal },
      ),
    );
  }
}

/** Reads OPENSEARCH_SHARDS (1 by default) and OPENSEARCH_REPLICAS (0 by default); what is no whole number is the default. */
export function templateOptions(variables: Readonly<Record<string, string | undefined>>): TemplateOptions {
  const number = (name: string, least: number) => {
    const value = Number(variables[name] || Number.NaN);
    return Number.isSafeInteger(value) && value >= least ? value : undefined;
  };
  const [shards, replicas] = [number('OPENSEARCH_SHARDS', 1), number('OPENSEARCH_REPLICAS', 0)];
  return { ...(shards === undefined ? {} : { shards }), ...(replicas === undefined ? {} : { replicas }) };
}

/**
 * Writes, once templates are there for the indices that are written to: without them an index would be made that never
 * gets its mapping. They are put once in the life of an environment; when that fails, what was to be written has failed.
 */
export function withTemplates(
  client: SearchClient,
  write: WriteDocuments,
  options: TemplateOptions = {},
): WriteDocuments {
  let own = false;
  const prepared = new Set<string>();
  const prepare = async (indices: Iterable<string>, effort: Effort): Promise<void> => {
    if (!own) await putTemplates(client, effort, TEMPLATES, options);
    own = true;
    for (const index of indices) {
      if (prepared.has(index)) continue;
      if (!isOwn(index)) await putTemplates(client, effort, [tableTemplate(index)], options);
      prepared.add(index);
    }
  };
  return async (operations, effort) => {
    if (operations.length === 0) return [];
    try {
      await prepare(new Set(operations.map(({ index }) => index)), effort);
    } catch (error) {
      const reason = `templates not put: ${describeError(error)}`;
      return operations.map(() => ({ outcome: 'failed', reason }));
    }
    return write(operations, effort);
  };
}

function isOwn(index: string): boolean {
  return TEMPLATES.some(({ patterns }) => patterns.some((pattern) => index.startsWith(pattern.slice(0, -1))));
}
