import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { virtualEffort } from '../../fixture.ts';
import { createLoggedLines } from '../../objects/line-quarantine.ts';
import { createDocumentWriter } from '../bulk.ts';
import { createSearchClient } from '../client.ts';
import { indexNameOf } from '../index-name.ts';
import { indexObject } from '../logs/logic.ts';
import { TEMPLATES, templatesWith, templateText, withTemplates } from '../templates.ts';

/**
 * What the functions take for granted of a search cluster's HTTP. The double of the unit tests passes, and so must any
 * OpenSearch that the functions are to work with.
 *
 * @param endpoint asked when a test runs; its indices `conformance-*` are made and deleted
 */
export function describeConformance(endpoint: () => string): void {
  async function call(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ status: number; body: Answer }> {
    const type = path.startsWith('/_bulk') ? 'application/x-ndjson' : 'application/json';
    const answer = await fetch(`${endpoint()}${path}`, {
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
    });
    return { status: answer.status, body: (await answer.json()) as Answer };
  }

  /** Statuses and results of the items, in order. */
  async function bulk(...lines: readonly string[]): Promise<(readonly [number, string | undefined])[]> {
    const { status, body } = await call('POST', '/_bulk?refresh=true', `${lines.join('\n')}\n`);
    expect(status).toBe(200);
    return body.items!.map((item) => {
      const [outcome] = Object.values(item);
      return [outcome!.status, outcome!.result ?? outcome!.error?.type] as const;
    });
  }

  function freshIndex(name = `conformance-${randomUUID()}`): string {
    onTestFinished(async () => void (await call('DELETE', `/${name}?ignore_unavailable=true`)));
    return name;
  }

  const action = (kind: 'index' | 'delete', index: string, id: string, version: bigint | number) =>
    `{"${kind}":{"_index":"${index}","_id":${JSON.stringify(id)},"version":${version},"version_type":"external_gte"}}`;

  async function sourceOf(index: string, id: string): Promise<unknown> {
    return (await call('GET', `/${index}/_doc/${encodeURIComponent(id)}`)).body._source;
  }

  async function found(index: string, query: object): Promise<string[]> {
    const { body } = await call('POST', `/${index}/_search`, JSON.stringify({ query }));
    return body.hits!.hits.map(({ _id }) => _id).sort();
  }

  describe('a search cluster', () => {
    it('takes a version that is higher or the same, and no lower one', async () => {
      const index = freshIndex();
      expect(
        await bulk(
          ...[action('index', index, 'a', 5), '{"n":1}'],
          ...[action('index', index, 'a', 5), '{"n":2}'],
          ...[action('index', index, 'a', 4), '{"n":3}'],
        ),
      ).toEqual([
        [201, 'created'],
        [200, 'updated'],
        [409, 'version_conflict_engine_exception'],
      ]);
      expect(await sourceOf(index, 'a')).toEqual({ n: 2 });
    });

    it('keeps all 63 bits of a version', async () => {
      const index = freshIndex();
      const largest = 2n ** 63n - 1n;
      expect(
        await bulk(
          ...[action('index', index, 'a', largest), '{"n":1}'],
          ...[action('index', index, 'a', largest - 1n), '{"n":2}'],
        ),
      ).toEqual([
        [201, 'created'],
        [409, 'version_conflict_engine_exception'],
      ]);
    });

    it('remembers the version of what was deleted, also of what was not there', async () => {
      const index = freshIndex();
      expect(
        await bulk(
          action('delete', index, 'never', 7),
          ...[action('index', index, 'never', 6), '{}'],
          ...[action('index', index, 'a', 5), '{}'],
          action('delete', index, 'a', 6),
          ...[action('index', index, 'a', 5), '{}'],
          action('delete', index, 'a', 4),
          ...[action('index', index, 'a', 7), '{}'],
        ),
      ).toEqual([
        [404, 'not_found'],
        [409, 'version_conflict_engine_exception'],
        [201, 'created'],
        [200, 'deleted'],
        [409, 'version_conflict_engine_exception'],
        [409, 'version_conflict_engine_exception'],
        [201, 'created'],
      ]);
      expect(await found(index, { match_all: {} })).toEqual(['a']);
    });

    it('refuses one document without its neighbours', async () => {
      const index = freshIndex();
      const [good, bad, after] = await bulk(
        ...[action('index', index, 'a', 1), '{"n":1}'],
        ...[action('index', index, 'b', 1), '[1]'],
        ...[action('index', index, 'c', 1), '{"n":1}'],
      );
      expect([good, after]).toEqual([
        [201, 'created'],
        [201, 'created'],
      ]);
      expect(bad![0]).toBe(400);
    });

    it('refuses an index of a name that none may have, by the item', async () => {
      const [outcome] = await bulk(action('index', '_conformance', 'a', 1), '{}');
      expect(outcome).toEqual([400, 'invalid_index_name_exception']);
    });

    it('takes an index that begins with an escaped character', async () => {
      const index = freshIndex(`=5fconformance-${randomUUID()}`);
      expect(await bulk(action('index', index, 'a', 1), '{}')).toEqual([[201, 'created']]);
    });

    it('refuses a request with an id of more than 512 bytes as a whole', async () => {
      const index = freshIndex();
      const lines = (id: string) => `${action('index', index, id, 1)}\n{}\n`;
      expect((await call('POST', '/_bulk', lines('x'.repeat(512)))).status).toBe(200);
      expect((await call('POST', '/_bulk', lines('a') + lines('x'.repeat(513)))).status).toBe(400);
    });

    /** Puts templates that are gone at the end of a test, but for those of the kit without a prefix. */
    async function putTemplate(name: string, text: string): Promise<number> {
      onTestFinished(async () => {
        if (!TEMPLATES.some((own) => own.name === name)) await call('DELETE', `/_index_template/${name}`);
      });
      return (await call('PUT', `/_index_template/${name}`, text)).status;
    }

    it('takes the templates of any number of prefixes beside each other', async () => {
      for (const prefix of ['', 'alice-', 'al-', 'access-', 'wild-', 'alice-']) {
        for (const template of templatesWith(prefix)) {
          expect([template.name, await putTemplate(template.name, templateText(template))]).toEqual([
            template.name,
            200,
          ]);
        }
      }
    });

    it('refuses a template that fits an index as well as another of the same priority', async () => {
      const text = (pattern: string, priority = 7) => JSON.stringify({ index_patterns: [pattern], priority });
      expect(await putTemplate('conformance-one', text('conformance-rival*'))).toBe(200);
      expect(await putTemplate('conformance-two', text('conformance-rival-2*'))).toBe(400);
      expect(await putTemplate('conformance-two', text('conformance-*'))).toBe(400);
      expect(await putTemplate('conformance-two', text('conformance-rival-2'))).toBe(400);
      expect(await putTemplate('conformance-two', text('conformance-rival-2*', 8))).toBe(200);
      expect(await putTemplate('conformance-three', text('other-rival*'))).toBe(200);
    });

    it.each(TEMPLATES.map((template) => [template.name, template] as const))(
      'takes the template %s',
      async (name, template) => {
        const path = `/_index_template/${name}`;
        expect((await call('PUT', path, templateText(template))).status).toBe(200);
        expect((await call('PUT', path, templateText(template))).status).toBe(200);
      },
    );

    it('takes documents of the kit as the templates lay them out, whole or with values that do not fit', async () => {
      for (const template of TEMPLATES) {
        await call('PUT', `/_index_template/${template.name}`, templateText(template));
      }
      const index = freshIndex(`wildrydes-conformance-${randomUUID()}`);
      const reading = { Name: 'Rocinante', StatusTime: '2026-01-31 12:00:00.000', MagicPoints: 150 };
      expect(
        await bulk(
          ...[
            action('index', index, 'a', 1),
            JSON.stringify({ ...reading, Position: { lat: 40.7, lon: -73.9 } }),
          ],
          ...[
            action('index', index, 'b', 1),
            JSON.stringify({ ...reading, MagicPoints: 'low', StatusTime: 'noon' }),
          ],
          ...[action('index', index, 'c', 1), JSON.stringify({ ...reading, Name: { first: 'Rocinante' } })],
        ),
      ).toEqual([
        [201, 'created'],
        [201, 'created'],
        [201, 'created'],
      ]);
      expect(await found(index, { match_all: {} })).toEqual(['a', 'b', 'c']);
      expect(await found(index, { term: { Name: 'Rocinante' } })).toEqual(['a', 'b']);
    });

    it('deletes by query what is older, and keeps its place against older writes', async () => {
      const template = TEMPLATES.find(({ name }) => name === 'wildrydes-access-logs')!;
      await call('PUT', `/_index_template/${template.name}`, templateText(template));
      const index = freshIndex(`access-logs-conformance-${randomUUID()}`);
      const line = (version: bigint) =>
        JSON.stringify({ Object: 'b/k', Version: String(version), Time: '2026-01-31T12:00:00.000Z' });
      const large = 2n ** 62n + 1n;
      await bulk(
        ...[action('index', index, 'old', large), line(large)],
        ...[action('index', index, 'new', large + 1n), line(large + 1n)],
      );
      const older = [{ term: { Object: 'b/k' } }, { range: { Version: { lt: String(large + 1n) } } }];
      const { status, body } = await call(
        'POST',
        `/${index}/_delete_by_query?conflicts=proceed&refresh=true`,
        JSON.stringify({ query: { bool: { filter: older } } }),
      );
      expect([status, body.deleted]).toEqual([200, 1]);
      expect(await found(index, { match_all: {} })).toEqual(['new']);
      const noon = { gte: '2026-01-31T12:00:00.000Z', lte: '2026-01-31T12:00:00.000Z' };
      expect(await found(index, { range: { Time: noon } })).toEqual(['new']);
      expect(await bulk(action('index', index, 'old', large), line(large))).toEqual([
        [409, 'version_conflict_engine_exception'],
      ]);
    });

    /** The writer of the functions, with the time of a test. */
    function connect() {
      const client = createSearchClient(
        { endpoint: endpoint(), signing: 'none', region: undefined },
        unsigned,
      );
      onTestFinished(() => client.close());
      const write = withTemplates(client, createDocumentWriter({ client, refresh: 'true' }));
      return { client, write };
    }

    it.each(['_Conformance', '-Conformance', '.Conformance', 'Conformance'])(
      'takes documents of a table whose name begins so: %s',
      async (prefix) => {
        const name = `${prefix}-${randomUUID()}`;
        const index = freshIndex(indexNameOf(name));
        onTestFinished(async () => {
          await call('DELETE', `/_index_template/${encodeURIComponent(`wildrydes-table-${index}`)}`);
        });
        const { write } = connect();
        const operations = [
          { index, id: '[{"S":"a"}]', version: 2n ** 62n, document: '{"n":1,"tags":["a","1"]}' },
          { index, id: '[{"S":"b"}]', version: 1n, document: '{"n":1.5}' },
          { index, id: '[{"S":"c"}]', version: 1n },
        ];
        const verdicts = await write(operations, virtualEffort(60_000));
        expect(verdicts).toEqual(operations.map(() => ({ outcome: 'handled' })));
        expect(await found(index, { range: { n: { gt: 1.2 } } })).toEqual(['[{"S":"b"}]']);
      },
    );

    it('has the lines of a log in place of those before', async () => {
      const index = freshIndex(`access-logs-conformance-${randomUUID()}`);
      const line = (n: number) =>
        `10.0.0.${n} - - [01/Jan/2026:00:00:00 +0000] "GET /${n} HTTP/1.1" 200 ${n}`;
      let text = '';
      const store = {
        open: async () => ({
          etag: text,
          contentEncoding: '',
          pieces: (async function* () {
            yield Buffer.from(text);
          })(),
        }),
        etag: async () => text,
      };
      const options = {
        ...connect(),
        store,
        quarantine: createLoggedLines({ warn() {} }),
        index,
        refresh: true,
      };
      const put = async (lines: readonly number[], version: bigint) => {
        text = lines.map(line).join('\n');
        await indexObject({ bucket: 'b', key: 'k', version, arrival: 0 }, options, virtualEffort(60_000));
      };
      await put([1, 2, 3], 2n ** 57n);
      expect(await found(index, { term: { Status: 200 } })).toHaveLength(3);
      await put([9], 2n ** 57n + 1n);
      expect(await found(index, { match_all: {} })).toHaveLength(1);
      expect(await found(index, { term: { Host: '10.0.0.9' } })).toHaveLength(1);
    });
  });
}

async function unsigned(): Promise<never> {
  throw new Error('not signed');
}

interface Answer {
  readonly items?: readonly Readonly<
    Record<
      string,
      { readonly status: number; readonly result?: string; readonly error?: { readonly type: string } }
    >
  >[];
  readonly hits?: { readonly hits: readonly { readonly _id: string }[] };
  readonly deleted?: number;
  readonly _source?: unknown;
}
