import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeReading } from '../../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../../telemetry/status-time.ts';
import { encodeSummary } from '../../../telemetry/summary-codec.ts';
import { kinesisEvent, kinesisRecord, SHARD, sequenceNumber, virtualEffort } from '../../fixture.ts';
import { decodeRecords } from '../../records.ts';
import { batchResponse, settle } from '../../settle.ts';
import { createDocumentWriter } from '../bulk.ts';
import { indexNameOf } from '../index-name.ts';
import { withTemplates } from '../templates.ts';
import { connectedDouble } from '../testing/connected.ts';
import { SEARCH_FAULTS } from '../testing/double.ts';
import { documentDecoder } from './documents.ts';
import { indexRecords } from './logic.ts';

const NOON = Date.UTC(2026, 0, 31, 12);

const { search, client } = await connectedDouble();

type Content = Parameters<typeof kinesisRecord>[0];

function reading(Name: string, second = 0, MagicPoints = 150): string {
  const StatusTime = formatStatusTime(NOON + second * 1000);
  return encodeReading({
    Name,
    StatusTime,
    Latitude: 40.749167,
    Longitude: -73.985184,
    Distance: 30,
    MagicPoints,
    HealthPoints: 150,
  });
}

async function settleBatch(
  contents: readonly Content[],
  options: { idAttribute?: string; index?: string } = {},
) {
  const records = decodeRecords(
    kinesisEvent(contents.map((content) => kinesisRecord(content))),
    documentDecoder(options.idAttribute),
  );
  const write = withTemplates(client, createDocumentWriter({ client, refresh: 'false' }));
  const verdicts = await indexRecords(records, { write, index: options.index }, virtualEffort(20_000));
  const quarantined: [string, string][] = [];
  const settlements = await settle(records, verdicts, async (refused) => {
    for (const { record, reason } of refused) quarantined.push([record.sequenceNumber, reason]);
    return { acknowledged: new Set(refused.map(({ record }) => record.sequenceNumber)), reason: undefined };
  });
  return { answer: batchResponse(settlements), quarantined };
}

const documents = (index = 'wildrydes') => [...search.store.documents(index)];

describe('the stream indexer', () => {
  it('puts a reading on the map, under its unicorn and time', async () => {
    await settleBatch([{ n: 1, data: reading('🦄 Rocinante') }]);
    expect(documents()).toEqual([
      [
        '2026-01-31 12:00:00.000 🦄 Rocinante',
        {
          Name: '🦄 Rocinante',
          StatusTime: '2026-01-31 12:00:00.000',
          Latitude: 40.749167,
          Longitude: -73.985184,
          Distance: 30,
          MagicPoints: 150,
          HealthPoints: 150,
          Position: { lat: 40.749167, lon: -73.985184 },
        },
      ],
    ]);
  });

  it('takes summaries, too, into the index of their stream', async () => {
    const data = encodeSummary({
      Name: 'Rocinante',
      StatusTime: '2026-01-31 12:00:00.000',
      Distance: 1800,
      MinMagicPoints: 1,
      MaxMagicPoints: 2,
      MinHealthPoints: 3,
      MaxHealthPoints: 4,
      Readings: 60,
    });
    await settleBatch([{ n: 1, data, stream: 'wildrydes-aggregated' }]);
    expect(documents('wildrydes-aggregated')).toMatchObject([
      ['2026-01-31 12:00:00.000 Rocinante', { Readings: 60 }],
    ]);
  });

  it('takes any other object as it is, under its attribute or its place', async () => {
    const data = '{\n  "element_class": "a",\r\n  "big": 12345678901234567890\n}\n';
    await settleBatch([{ n: 1, data, stream: 'Likes' }]);
    expect(documents('likes').map(([id]) => id)).toEqual([`${SHARD}:${sequenceNumber(1)}`]);
    const options = { idAttribute: 'element_class', index: 'others' };
    await settleBatch(
      [
        { n: 1, data },
        { n: 2, data: '{"element_class":7}' },
        { n: 3, data: '{}' },
      ],
      options,
    );
    expect(documents('others').map(([id]) => id)).toEqual(['a', '7', `${SHARD}:${sequenceNumber(3)}`]);
  });

  it('refuses what is no JSON object in UTF-8, and what the cluster refuses, and takes their neighbours', async () => {
    // Somebody's own template, which is not lenient.
    search.store.templates.set('strict', {
      index_patterns: ['strict'],
      priority: 999,
      template: { mappings: { properties: { When: { type: 'date' } } } },
    });
    const bad = ['{"Name":', '[1]', 'null', Buffer.from([0x7b, 0xff, 0x7d]), '', '{"When":"never"}'];
    const contents = bad.flatMap((data, n) => [
      { n: 2 * n, data },
      { n: 2 * n + 1, data: reading('Rocinante', n) },
    ]);
    const { answer, quarantined } = await settleBatch(contents, { index: 'strict' });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(quarantined.map(([number]) => number)).toEqual(bad.map((_, n) => sequenceNumber(2 * n)));
    expect(quarantined.at(-1)?.[1]).toContain('mapper_parsing_exception');
    expect(documents('strict')).toHaveLength(bad.length);
  });

  it('puts the templates before the first document, once', async () => {
    const write = withTemplates(client, createDocumentWriter({ client, refresh: 'false' }));
    const operation = { index: 'rides', id: 'a', version: 1n, document: '{}' };
    const put = () => write([operation, { ...operation, index: 'wildrydes' }], virtualEffort(1_000));
    await put();
    await put();
    expect(search.requests.map(({ line }) => line)).toEqual([
      'PUT /_index_template/wildrydes-table-rides',
      'PUT /_index_template/wildrydes-readings',
      'PUT /_index_template/wildrydes-summaries',
      'PUT /_index_template/wildrydes-access-logs',
      'POST /_bulk',
      'POST /_bulk',
    ]);
    const deletedVersions = [...search.store.templates.values()].map(({ template }) => template?.settings);
    for (const settings of deletedVersions) expect(settings).toMatchObject({ index: { gc_deletes: '25h' } });
  });

  it('comes to what the stream holds, however it is cut, repeated, shuffled across keys, and whatever fails', async () => {
    const record = fc.record({
      key: fc.nat({ max: 2 }),
      second: fc.nat({ max: 2 }),
      later: fc.nat({ max: 2 }),
    });
    const plan = fc.record({
      records: fc.array(record, { minLength: 1, maxLength: 12 }),
      cuts: fc.array(fc.nat({ max: 12 }), { maxLength: 4 }),
      again: fc.array(fc.nat({ max: 12 }), { maxLength: 3 }),
      faults: fc.array(fc.constantFrom(...SEARCH_FAULTS), { maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ records, cuts, again, faults }) => {
        search.store.indices.clear();
        search.faults.splice(0, search.faults.length, ...faults);
        const expected = new Map<string, number>();
        let arrival = NOON;
        const contents = records.map(({ key, second, later }, n) => {
          arrival += later; // now and then several in one millisecond
          expected.set(`${formatStatusTime(NOON + second * 1000)} ${key}`, n);
          return { n, arrival, data: reading(String(key), second, n) };
        });
        const deliver = async (batch: readonly Content[]) => {
          let rest = batch;
          for (let delivery = 0; rest.length > 0 && delivery < 20; delivery++) {
            const [first] = (await settleBatch(rest)).answer.batchItemFailures;
            rest =
              first === undefined ? [] : rest.filter(({ n }) => sequenceNumber(n) >= first.itemIdentifier);
          }
        };
        const bounds = [0, ...cuts, contents.length].sort((a, b) => a - b);
        for (const [at, from] of bounds.entries()) await deliver(contents.slice(from, bounds[at + 1]));
        // What comes again comes to the end: a shard is read in order.
        for (const from of again) await deliver(contents.slice(from));
        expect(new Map(documents().map(([id, { MagicPoints }]) => [id, MagicPoints]))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});

it.each([
  ['UnicornSensorData', 'unicornsensordata'],
  ['my.Table-1_x', 'my.table-1_x'],
  ['_Rides', '=5frides'],
  ['-Rides', '=2drides'],
  ['.Rides', '=2erides'],
])('the index of %s is %s', (name, index) => {
  expect(indexNameOf(name)).toBe(index);
});
