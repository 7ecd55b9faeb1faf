import { isPrefix } from '../../telemetry/prefix.ts';
import { STREAMS, TABLES } from '../../telemetry/topology.ts';
import { describeError, type Effort, insist } from '../resend.ts';
import type { WriteDocuments } from './bulk.ts';
import type { SearchClient } from './client.ts';
import { indexNameOf } from './index-name.ts';

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

/** How the kit's own indices are laid out. */
interface Layout extends Omit<IndexTemplate, 'patterns'> {
  /** What the names of the indices begin with, after the prefix. */
  readonly indices: readonly string[];
}

const LAYOUTS: readonly Layout[] = [
  {
    name: 'wildrydes-readings',
    indices: [indexNameOf(STREAMS.readings)],
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
    indices: [indexNameOf(STREAMS.summaries), indexNameOf(TABLES.summaries.name)],
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
    indices: [ACCESS_LOGS_INDEX],
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

/**
 * The templates of the kit's indices under a prefix: named with it, for indices that begin with it. A cluster refuses a
 * template that fits an index as well as another of its priority. These never do: a prefix has one dash, at its end, and
 * begins with no name of the kit's. So those who share a cluster put their own ones, and nobody else's.
 *
 * @param prefix with its dash; nothing for none
 */
export function templatesWith(prefix: string): readonly IndexTemplate[] {
  return LAYOUTS.map(({ name, indices, priority, mappings }) => ({
    name: prefix + name,
    patterns: indices.map((index) => `${prefix}${index}*`),
    priority,
    mappings,
  }));
}

/** Those of a deployment without a prefix. */
export const TEMPLATES = templatesWith('');

/** What the name of the template of a table's index begins with; the index follows, with its prefix. */
export const TABLE_TEMPLATE = 'wildrydes-table-';

/** The template of a table that none of the kit's own is for: exactly its index, by the lowest priority. */
function tableTemplate(index: string): IndexTemplate {
  return { name: TABLE_TEMPLATE + index, patterns: [index], priority: 50, mappings: LENIENT };
}

/**
 * The prefix of an index that one of the kit's templates is for; undefined for any other index. The index tells it, so that
 * functions, a backfill and whoever writes by hand agree, without being told.
 */
function prefixOfIndex(index: string): string | undefined {
  if (isKitIndex(index)) return '';
  const prefix = index.slice(0, index.indexOf('-') + 1);
  return isPrefix(prefix) && isKitIndex(index.slice(prefix.length)) ? prefix : undefined;
}

function isKitIndex(index: string): boolean {
  return LAYOUTS.some(({ indices }) => indices.some((name) => index.startsWith(name)));
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
  const known = new Set<string>();
  const prepare = async (indices: Iterable<string>, effort: Effort): Promise<void> => {
    for (const index of indices) {
      const prefix = prefixOfIndex(index);
      const templates = prefix === undefined ? [tableTemplate(index)] : templatesWith(prefix);
      await putTemplates(
        client,
        effort,
        templates.filter(({ name }) => !known.has(name)),
        options,
      );
      for (const { name } of templates) known.add(name);
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
