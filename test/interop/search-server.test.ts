import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type SearchServer, startSearchServer } from '../../infra/search/server.ts';
import { freePort, temporaryFolder, wildrydes } from '../kit.ts';
import { type Ask, asking, found } from './search/client.ts';

let server: SearchServer;
let ask: Ask;

beforeAll(async () => {
  server = await startSearchServer({ folder: null });
  ask = asking(server.endpoint);
});
afterAll(() => server?.close());

describe('the server', () => {
  test('is OpenSearch 2.19, one node, on the loopback alone', async () => {
    const { body } = await ask('GET', '/');
    expect(body).toMatchObject({ version: { distribution: 'opensearch', number: '2.19.1' } });
    const { body: node } = await ask('GET', '/_nodes/_local/http,transport,process');
    const [local] = Object.values(node.nodes as Record<string, object>);
    expect(local).toMatchObject({
      process: { id: server.pid },
      http: { bound_address: [server.endpoint.slice('http://'.length)] },
      transport: { bound_address: [expect.stringMatching(/^127\.0\.0\.1:\d+$/)] },
    });
  });

  test('keeps what is newer by external versions, also after a delete', async () => {
    const write = (version: number, kind = 'external') =>
      ask('PUT', `/versions/_doc/a?version=${version}&version_type=${kind}`, { version });
    expect((await write(5)).status).toBe(201);
    expect((await write(5)).status).toBe(409);
    expect((await write(5, 'external_gte')).status).toBe(200);
    expect((await ask('DELETE', '/versions/_doc/a?version=7&version_type=external')).status).toBe(200);
    expect((await write(6)).status).toBe(409);
    expect((await write(8)).status).toBe(201);
  });

  test('answers each item of _bulk for itself', async () => {
    await ask('PUT', '/bulk', { mappings: { properties: { points: { type: 'integer' } } } });
    const lines = [
      { index: { _index: 'bulk', _id: '1' } },
      { points: 1 },
      { index: { _index: 'bulk', _id: '2' } },
      { points: 'many' },
      { delete: { _index: 'bulk', _id: '3' } },
    ];
    const { status, body } = await ask(
      'POST',
      '/_bulk',
      `${lines.map((each) => JSON.stringify(each)).join('\n')}\n`,
    );
    expect(status).toBe(200);
    const items = body.items as readonly Record<string, { status: number }>[];
    expect(items.map((item) => Object.values(item)[0]?.status)).toEqual([201, 400, 404]);
  });

  test('finds by position, shape and grid, and deletes by query', async () => {
    await ask('PUT', '/places', {
      mappings: { properties: { at: { type: 'geo_point' }, area: { type: 'geo_shape' } } },
    });
    const places = { manhattan: [40.75, -73.99], brooklyn: [40.65, -73.95], paris: [48.86, 2.35] } as const;
    for (const [name, [lat, lon]] of Object.entries(places)) {
      const area = {
        type: 'envelope',
        coordinates: [
          [lon - 0.01, lat + 0.01],
          [lon + 0.01, lat - 0.01],
        ],
      };
      await ask('PUT', `/places/_doc/${name}?refresh=true`, { at: { lat, lon }, area });
    }
    const near = (distance: string) => ({
      geo_distance: { distance, at: { lat: 40.749167, lon: -73.985184 } },
    });
    expect(await found(ask, 'places', near('2km'))).toEqual(['manhattan']);
    expect(await found(ask, 'places', near('50km'))).toEqual(['brooklyn', 'manhattan']);
    const box = { top_left: { lat: 49, lon: 2 }, bottom_right: { lat: 48, lon: 3 } };
    expect(await found(ask, 'places', { geo_bounding_box: { at: box } })).toEqual(['paris']);
    const shape = { type: 'point', coordinates: [2.35, 48.86] };
    expect(await found(ask, 'places', { geo_shape: { area: { shape } } })).toEqual(['paris']);
    const { body } = await ask('POST', '/places/_search', {
      size: 0,
      aggs: { grid: { geohash_grid: { field: 'at', precision: 2 } } },
    });
    expect(body).toMatchObject({ aggregations: { grid: { buckets: [{ doc_count: 2 }, { doc_count: 1 }] } } });
    const query = near('50km');
    expect(await ask('POST', '/places/_delete_by_query?refresh=true', { query })).toMatchObject({
      status: 200,
      body: { deleted: 2, failures: [] },
    });
    expect(await found(ask, 'places', { match_all: {} })).toEqual(['paris']);
  });

  test('gives a new index what its template says', async () => {
    const template = {
      index_patterns: ['made-*'],
      template: {
        settings: { number_of_replicas: 0, 'index.gc_deletes': '25h' },
        mappings: { properties: { when: { type: 'date', format: 'yyyy-MM-dd HH:mm:ss.SSS' } } },
      },
    };
    expect((await ask('PUT', '/_index_template/made', template)).status).toBe(200);
    await ask('PUT', '/made-by-template/_doc/1?refresh=true', { when: '2026-05-01 09:00:00.500' });
    const range = (gte: string) => ({ range: { when: { gte } } });
    expect(await found(ask, 'made-by-template', range('2026-05-01 09:00:00.500'))).toEqual(['1']);
    expect(await found(ask, 'made-by-template', range('2026-05-01 09:00:00.501'))).toEqual([]);
    const { body } = await ask('GET', '/_cluster/health/made-by-template');
    expect(body.status).toBe('green');
  });
});

test('a port that something else has is told, and is not waited for', async () => {
  const port = Number(new URL(server.endpoint).port);
  await expect(startSearchServer({ folder: null, port })).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: expect.stringContaining(String(port)),
  });
});

test('two that start at the same moment do not get into each other’s way', async () => {
  const servers = await Promise.all([0, 1].map(() => startSearchServer({ folder: null })));
  onTestFinished(async () => void (await Promise.all(servers.map((each) => each.close()))));
  expect(new Set([server, ...servers].map((each) => each.endpoint)).size).toBe(3);
  for (const { endpoint, pid } of servers) expect(await processAt(endpoint)).toBe(pid);
});

test('one that cannot start says why, and where its log is', async () => {
  const folder = join(temporaryFolder(), 'search');
  const first = await startSearchServer({ folder });
  onTestFinished(() => first.close());
  await expect(startSearchServer({ folder })).rejects.toMatchObject({
    code: 'UNREACHABLE',
    next: expect.stringContaining(join(folder, 'logs', 'search.log')),
  });
});

test('one that is kept holds what it acknowledged, and is gone once it is closed', async () => {
  const folder = join(temporaryFolder(), 'search');
  const first = await startSearchServer({ folder });
  onTestFinished(() => first.close());
  await asking(first.endpoint)('PUT', '/kept/_doc/1', { kept: true });
  await first.close();
  expect(isRunning(first.pid)).toBe(false);

  const second = await startSearchServer({ folder });
  onTestFinished(() => second.close());
  const { body } = await asking(second.endpoint)('GET', '/kept/_doc/1');
  expect(body).toMatchObject({ found: true, _source: { kept: true } });
  expect(readFileSync(join(folder, 'logs', 'search.log'), 'utf8')).toContain('started');
});

describe('./wildrydes start --search', () => {
  test('in the background: status tells where it is, and both are gone once stop returns', async () => {
    const port = ['--port', String(await freePort())];
    const data = join(temporaryFolder(), 'state');
    onTestFinished(async () => void (await wildrydes(['stop', ...port]).finished));
    const { status, stdout } = await wildrydes(['start', '--search', '--detach', '--data', data, ...port])
      .finished;
    expect(status).toBe(0);
    const { stdout: told } = await wildrydes(['status', '--json', ...port]).finished;
    const { health } = JSON.parse(told) as { health: { parts: string[]; searchEndpoint: string } };
    expect(health.parts).toEqual(['archive', 'files', 'search']);
    expect(stdout).toContain(`search     ${health.searchEndpoint}\n`);
    const pid = await processAt(health.searchEndpoint);
    expect((await wildrydes(['stop', ...port]).finished).status).toBe(0);
    expect(isRunning(pid)).toBe(false);
    expect(await wildrydes(['reset', '--data', data]).finished).toMatchObject({ status: 0 });
  });

  test('that is killed leaves no server behind', async () => {
    const port = ['--port', String(await freePort())];
    const cloud = wildrydes(['start', '--search', '--ephemeral', ...port]);
    const line = await cloud.line((each) => each.startsWith('search '));
    const pid = await processAt(line.split(/\s+/)[1] ?? '');
    expect(isRunning(pid)).toBe(true);
    cloud.child.kill('SIGKILL');
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
  });

  test('that is given up while it starts ends with 0, and leaves none behind either', async () => {
    const port = ['--port', String(await freePort())];
    const data = join(temporaryFolder(), 'state');
    const cloud = wildrydes(['start', '--search', '--data', data, ...port]);
    await expect.poll(() => cloud.stderr(), { timeout: 20_000 }).toContain('starts, on Java');
    cloud.child.kill('SIGINT');
    const { status, stdout } = await cloud.finished;
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    // Whoever comes next finds its folder free.
    const next = await startSearchServer({ folder: join(data, 'search') });
    await next.close();
  });

  test('at a URL: takes it as it is, and leaves it running', async () => {
    const port = ['--port', String(await freePort())];
    const cloud = wildrydes(['start', '--search', server.endpoint, '--ephemeral', ...port]);
    await cloud.line((line) => line.includes('Ctrl-C stops'));
    cloud.child.kill('SIGTERM');
    expect((await cloud.finished).stdout).toContain(`search     ${server.endpoint}\n`);
    expect(isRunning(server.pid)).toBe(true);
  });
});

/** Process id of the server that answers there. */
async function processAt(endpoint: string): Promise<number> {
  const { body } = await asking(endpoint)('GET', '/_nodes/_local/process');
  const [node] = Object.values(body.nodes as Record<string, { process: { id: number } }>);
  return node?.process.id ?? 0;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
