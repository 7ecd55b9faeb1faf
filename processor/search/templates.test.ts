import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrefix, readPrefix } from '../../telemetry/prefix.ts';
import { TABLES } from '../../telemetry/topology.ts';
import { virtualEffort } from '../fixture.ts';
import { createDocumentWriter } from './bulk.ts';
import { indexNameOf } from './index-name.ts';
import { templatesWith, withTemplates } from './templates.ts';
import { connectedDouble } from './testing/connected.ts';

const { search, client } = await connectedDouble();

/** A new environment's writer, and what it was told of each index. */
async function written(indices: readonly string[]): Promise<string[]> {
  const write = withTemplates(client, createDocumentWriter({ client, refresh: 'false' }));
  const operations = indices.map((index) => ({ index, id: 'a', version: 1n, document: '{}' }));
  const verdicts = await write(operations, virtualEffort(1_000));
  return verdicts.map(({ outcome }) => outcome);
}

/** Types of the fields that an index of this name gets. */
function fieldsOf(index: string): Record<string, string> {
  const { properties = {} } = search.store.templateOf(index)?.template?.mappings ?? {};
  return Object.fromEntries(Object.entries(properties).map(([field, { type }]) => [field, type as string]));
}

const FAMILY = ['readings', 'summaries', 'access-logs'];

describe('an index under a prefix is laid out as the one without', () => {
  it.each(['', 'alice-', 'wild-', 'abcdefghijklm-'])('"%s"', async (prefix) => {
    const table = indexNameOf(prefix + TABLES.summaries.name);
    const indices = [`${prefix}wildrydes`, `${prefix}wildrydes-aggregated`, table, `${prefix}access-logs`];
    expect(await written(indices)).toEqual(indices.map(() => 'handled'));
    const [readings, aggregated, summaries, logs] = indices.map(fieldsOf);
    expect(readings).toMatchObject({ Name: 'keyword', StatusTime: 'date', Position: 'geo_point' });
    expect(aggregated).toMatchObject({ Name: 'keyword', StatusTime: 'date', MinMagicPoints: 'integer' });
    expect(summaries).toEqual(aggregated);
    expect(logs).toMatchObject({ Time: 'date', Status: 'integer' });
    expect([...search.store.templates.keys()]).toEqual(FAMILY.map((kind) => `${prefix}wildrydes-${kind}`));
  });
});

describe('whoever shares a cluster', () => {
  it('puts templates of the own prefix alone, once', async () => {
    await written(['alice-wildrydes', 'alice-unicornsensordata']);
    await written(['bob-unicornsensordata']);
    expect(search.requests.map(({ line }) => line)).toEqual([
      ...FAMILY.map((kind) => `PUT /_index_template/alice-wildrydes-${kind}`),
      'POST /_bulk',
      ...FAMILY.map((kind) => `PUT /_index_template/bob-wildrydes-${kind}`),
      'POST /_bulk',
    ]);
  });

  it('names the template of a table of one’s own after the whole index, the prefix in it', async () => {
    expect(await written(['alice-rides', 'bob-rides', 'rides'])).toEqual(['handled', 'handled', 'handled']);
    expect([...search.store.templates]).toMatchObject([
      ['wildrydes-table-alice-rides', { index_patterns: ['alice-rides'] }],
      ['wildrydes-table-bob-rides', { index_patterns: ['bob-rides'] }],
      ['wildrydes-table-rides', { index_patterns: ['rides'] }],
    ]);
  });

  it.each(['wildrydes2-unicornsensordata', 'wildrydes-unicornsensordata', 'wildrydes-2026'])(
    'has no prefix that begins as the kit’s names do: %s',
    async (index) => {
      expect(await written([index, 'wildrydes'])).toEqual(['handled', 'handled']);
      expect([...search.store.templates.keys()]).toEqual(FAMILY.map((kind) => `wildrydes-${kind}`));
    },
  );

  it.each(['alice-bob-wildrydes', 'abcdefghijklmn-wildrydes', 'a.b-wildrydes', '=2dalice-wildrydes'])(
    'takes for a prefix nothing that is none: %s',
    async (index) => {
      await written([index]);
      expect([...search.store.templates.keys()]).toEqual([`wildrydes-table-${index}`]);
    },
  );

  it('never has a template refused for one of somebody else', () => {
    const beginnings = fc.constantFrom('', 'a', 'wild', 'wildrydes', 'unicorn', 'access', 'table', 'logs');
    const prefix = fc
      .tuple(beginnings, fc.stringMatching(/^[a-z0-9]{0,13}$/))
      .map(([beginning, rest]) => `${beginning}${rest}`.slice(0, 13))
      .filter((text) => isPrefix(`${text}-`))
      .map((text) => readPrefix(text));
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(fc.constant(''), prefix), { maxLength: 6 }), (prefixes) => {
        const patterns = prefixes.flatMap((each) =>
          templatesWith(each).flatMap(({ patterns, priority, name }) =>
            patterns.map((pattern) => ({ stem: pattern.replace(/\*$/, ''), priority, name })),
          ),
        );
        for (const one of patterns) {
          for (const other of patterns) {
            const both = one.stem.startsWith(other.stem) || other.stem.startsWith(one.stem);
            expect(both && one.priority === other.priority && one.name !== other.name).toBe(false);
          }
        }
        expect(new Set(patterns.map(({ name }) => name)).size).toBe(3 * prefixes.length);
      }),
    );
  });
});
