import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareSearch } from '../../infra/search/resources.ts';
import { type SearchServer, startSearchServer } from '../../infra/search/server.ts';
import { effortOf } from '../../processor/effort.ts';
import type { Operation, WriteDocuments } from '../../processor/search/bulk.ts';
import { searchFrom } from '../../processor/search/from-environment.ts';
import { documentDecoder } from '../../processor/search/stream/documents.ts';
import { describeConformance } from '../../processor/search/testing/conformance.ts';
import { Fleet } from '../../simulator/fleet.ts';
import { fleetNames } from '../../simulator/names.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { RIDE_START } from '../../telemetry/topology.ts';
import { type Ask, asking, found } from './search/client.ts';

let server: SearchServer;
let ask: Ask;
let write: WriteDocuments;

beforeAll(async () => {
  server = await startSearchServer({ folder: null });
  ask = asking(server.endpoint);
  await prepareSearch(server.endpoint);
  ({ write } = searchFrom({ OPENSEARCH_ENDPOINT: server.endpoint, OPENSEARCH_REFRESH: 'true' }, unsigned));
});
afterAll(() => server?.close());

function unsigned(): never {
  throw new Error('nobody signs here');
}

describeConformance(() => server.endpoint);

const START = Date.UTC(2026, 4, 1, 9);
const NAMES = ['Bucephalus', 'Rocinante', 'Shadowfax'] as const;

/** A ride of some seconds of three unicorns, as the function for the stream writes it. */
function ride(seconds: number, index = 'wildrydes'): Operation[] {
  const fleet = new Fleet({ names: fleetNames(NAMES.length), seed: '7', start: 0, scenario: 'classic' });
  const decode = documentDecoder(undefined);
  return Array.from({ length: seconds }, (_, second) =>
    fleet.unicorns.map((unicorn, at) => {
      const reading = { ...unicorn.reading(formatStatusTime(START + second * 1_000)), Name: NAMES[at]! };
      unicorn.step();
      const decoded = decode(Buffer.from(encodeReading(reading)));
      if (!decoded.ok || decoded.id === undefined) throw new Error('a reading must be a document');
      return { index, id: decoded.id, version: BigInt(START + second * 1_000), document: decoded.document };
    }),
  ).flat();
}

const effort = () => effortOf({ getRemainingTimeInMillis: () => 60_000 }, 0.9);

async function indexed(operations: readonly Operation[]): Promise<void> {
  const verdicts = await write(operations, effort());
  expect(verdicts.filter(({ outcome }) => outcome !== 'handled')).toEqual([]);
}

describe('readings are found', () => {
  const SECONDS = 100;
  beforeAll(() => indexed(ride(SECONDS)));
  const idsOf = (name: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => `${formatStatusTime(START + (from + at) * 1_000)} ${name}`);

  test('by name, the whole of it alone', async () => {
    const of = (Name: string) => found(ask, 'wildrydes', { term: { Name } });
    expect(await of('Rocinante')).toEqual(idsOf('Rocinante', 0, SECONDS));
    expect(await of('rocinante')).toEqual([]);
    expect(await of('Rocin')).toEqual([]);
  });

  test('by position', async () => {
    const { latitude: lat, longitude: lon } = RIDE_START;
    const near = (distance: string, at: object = { lat, lon }) =>
      found(ask, 'wildrydes', { geo_distance: { distance, Position: at } });
    // 100 seconds of about 30 m each, from one place.
    expect(await near('4km')).toHaveLength(SECONDS * NAMES.length);
    const close = await near('100m');
    expect(close.length).toBeGreaterThan(0);
    expect(close.length).toBeLessThan(SECONDS);
    expect(close).toContain(idsOf('Shadowfax', 0, 1)[0]);
    expect(await near('4km', { lat: 48.86, lon: 2.35 })).toEqual([]);
  });

  test('by time, to the millisecond', async () => {
    const range = (gte: number, lt: number) =>
      found(ask, 'wildrydes', {
        bool: {
          filter: [
            { term: { Name: 'Bucephalus' } },
            { range: { StatusTime: { gte: formatStatusTime(gte), lt: formatStatusTime(lt) } } },
          ],
        },
      });
    expect(await range(START + 10_000, START + 20_000)).toEqual(idsOf('Bucephalus', 10, 20));
    expect(await range(START + 10_001, START + 20_001)).toEqual(idsOf('Bucephalus', 11, 21));
  });

  test('in the order that they were written last, whatever comes again', async () => {
    await indexed(ride(SECONDS).map((operation) => ({ ...operation, version: operation.version - 1n })));
    const { body } = await ask('GET', '/wildrydes/_count');
    expect(body).toMatchObject({ count: SECONDS * NAMES.length });
    const { body: first } = await ask(
      'GET',
      `/wildrydes/_doc/${encodeURIComponent(idsOf('Shadowfax', 0, 1)[0]!)}`,
    );
    expect(first).toMatchObject({ _version: START });
  });
});

test.each(['alice-', 'bob-'])(
  'readings of a deployment with the prefix %s are found as those without',
  async (prefix) => {
    const index = `${prefix}wildrydes`;
    await indexed(ride(10, index));
    const { latitude: lat, longitude: lon } = RIDE_START;
    const first = `${formatStatusTime(START)} Rocinante`;
    const filter = [
      { term: { Name: 'Rocinante' } },
      { range: { StatusTime: { gte: formatStatusTime(START), lt: formatStatusTime(START + 1_000) } } },
      { geo_distance: { distance: '100m', Position: { lat, lon } } },
    ];
    expect(await found(ask, index, { bool: { filter } })).toEqual([first]);
  },
);

test('in bulk at least ten times as much is indexed in a second as in requests of their own', async () => {
  const rate = async (
    seconds: number,
    name: string,
    each: (operations: readonly Operation[]) => Promise<unknown>,
  ) => {
    const operations = ride(seconds, `rate-${name}`);
    const began = performance.now();
    await each(operations);
    return operations.length / (performance.now() - began);
  };
  const alone = async (operations: readonly Operation[]) => {
    for (const { index, id, document } of operations) {
      const { status } = await ask(
        'PUT',
        `/${index}/_doc/${encodeURIComponent(id)}`,
        JSON.parse(document ?? ''),
      );
      expect(status).toBe(201);
    }
  };
  const ratios: number[] = [];
  for (let round = 0; round < 3; round++) {
    const inBulk = await rate(1_000, `bulk-${round}`, indexed);
    ratios.push(inBulk / (await rate(60, `alone-${round}`, alone)));
  }
  expect(Math.max(...ratios)).toBeGreaterThan(10);
});
