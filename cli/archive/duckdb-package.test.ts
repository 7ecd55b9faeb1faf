import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../infra/project.ts';
import { temporaryFolder } from '../../test/kit.ts';
import { DUCKDB, installedPackage } from './duckdb-package.ts';

/** A package that npm can install without a registry. */
function packageIn(folder: string): string {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"name":"@an/engine","version":"1.0.0","main":"main.cjs"}');
  writeFileSync(join(folder, 'main.cjs'), 'exports.answer = 42;');
  return `file:${folder}`;
}

test('what is not there is installed once, said so, and imported', async () => {
  const folder = temporaryFolder();
  const version = packageIn(join(folder, 'source'));
  const said: string[] = [];
  const load = () =>
    installedPackage(join(folder, 'packages'), '@an/engine', version, (line) => said.push(line));
  expect(await load()).toMatchObject({ answer: 42 });
  expect(await load()).toMatchObject({ answer: 42 });
  expect(said).toEqual([expect.stringContaining('first use: installing @an/engine')]);
  // Nothing half done is left.
  expect(readdirSync(join(folder, 'packages'))).toHaveLength(1);
});

test('two at once: both have it', async () => {
  const folder = temporaryFolder();
  const version = packageIn(join(folder, 'source'));
  const load = () => installedPackage(join(folder, 'packages'), '@an/engine', version, () => {});
  expect(await Promise.all([load(), load()])).toMatchObject([{ answer: 42 }, { answer: 42 }]);
  expect(readdirSync(join(folder, 'packages'))).toHaveLength(1);
});

test('what cannot be installed: said why, and what to do; the next one tries again', async () => {
  const folder = temporaryFolder();
  const source = join(folder, 'source');
  const load = () => installedPackage(join(folder, 'packages'), '@an/engine', `file:${source}`, () => {});
  await expect(load()).rejects.toMatchObject({
    code: 'STATE_UNUSABLE',
    message: expect.stringMatching(/^cannot install @an\/engine@file:.*ENOENT/s),
    next: expect.stringContaining('proxy'),
  });
  packageIn(source);
  expect(await load()).toMatchObject({ answer: 42 });
});

test('the version that is installed is the one that the tests run with', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(devDependencies[DUCKDB.name]).toBe(DUCKDB.version);
});
