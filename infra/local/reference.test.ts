import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../telemetry/clock.ts';
import { startCloud } from './cloud.ts';
import { operationsTable } from './reference.ts';

const README = join(import.meta.dirname, 'README.md');
const BEGIN = '<!-- operations: made from the code by `npm run reference` -->';
const END = '<!-- end of operations -->';

test('the table in README.md is what the services say of themselves', async () => {
  const cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  const table = operationsTable(cloud.services);
  await cloud.close();
  const readme = readFileSync(README, 'utf8');
  const [before, after] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  expect(before).toBeGreaterThan(0);
  const fresh = `${readme.slice(0, before)}${BEGIN}\n\n${table}\n\n${readme.slice(after)}`;
  // `npm run reference` writes it anew.
  await expect(fresh).toMatchFileSnapshot(README);
});

test('text stays within its cell', () => {
  const operations = new Map([
    ['Put', { differs: 'one | two\nthree' }],
    ['Get', {}],
  ]);
  expect(
    operationsTable([{ title: 'S', operations }])
      .split('\n')
      .slice(2),
  ).toEqual(['| **S** | Get, Put |  |', '|  | Put | one \\| two three |']);
});
