import { expect, test } from 'vitest';
import { athenaNames, athenaNamesOf } from './athena-names.ts';

test.each([
  ['wildrydes-archive-123456789012-us-west-2', { database: 'wildrydes', workGroup: 'wildrydes' }],
  [
    'alice-wildrydes-archive-123456789012-eu-central-1',
    { database: 'alice_wildrydes', workGroup: 'alice-wildrydes' },
  ],
  ['wildrydes-archive', { database: 'wildrydes_others' }],
  ['not-a-prefix-wildrydes-archive-123456789012-us-west-2', { database: 'wildrydes_others' }],
  ['wildrydes-archive-12345-us-west-2', { database: 'wildrydes_others' }],
  ['somebodys', { database: 'wildrydes_others' }],
])('%s', (bucket, names) => {
  expect(athenaNamesOf(bucket)).toEqual(names);
});

test('no two deployments share a name, and none has that of all others', () => {
  const all = ['', 'alice-', 'bob-', 'others-'].map(athenaNames);
  const databases = all.map(({ database }) => database);
  expect(new Set(databases).size).toBe(all.length);
  expect(databases).not.toContain(athenaNamesOf('somebodys').database);
  for (const name of databases) expect(name).toMatch(/^[a-z0-9_]+$/);
});
