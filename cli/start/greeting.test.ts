import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { greeting, type StartedCloud } from './greeting.ts';

const CLOUD: StartedCloud = {
  port: 4801,
  host: undefined,
  data: null,
  empty: false,
  search: undefined,
  aggregation: 'embedded' as const,
  enforceLimits: false,
  log: undefined,
};

const PLAIN = new Chalk({ level: 0 });
const endpoint = 'http://127.0.0.1:4801';
const greet = (searchEndpoint: string | undefined) =>
  greeting(CLOUD, { endpoint, searchEndpoint }, 'Ctrl-C stops it.', PLAIN);

test('without search, no word about it', () => {
  expect(greet(undefined)).not.toMatch(/search|Indexer/);
});

test('with search: where, and a command that a shell takes as it is', () => {
  const text = greet('http://127.0.0.1:9201');
  expect(text).toContain('\nsearch     http://127.0.0.1:9201\n');
  expect(text).toContain("\n  curl 'http://127.0.0.1:9201/wildrydes/_search?q=Name:Rocinante&pretty'\n");
  expect(text).toContain('WildRydesTableIndexer');
});

test('names of functions stay within 80 columns, and none is lost', () => {
  const lines = greet('http://127.0.0.1:9200').split('\n');
  const first = lines.findIndex((line) => line.startsWith('functions'));
  const last = lines.findIndex((line) => line.startsWith('search'));
  const listed = lines.slice(first, last);
  expect(listed.length).toBeGreaterThan(1);
  for (const line of listed) expect(line.length).toBeLessThanOrEqual(80);
  expect(listed.join(' ').split(/,\s+/)).toHaveLength(8);
});
