import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'wildrydes-test-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('a temporary folder is there until it is removed, with all that it holds', () => {
  const folder = temporaryFolder(parent);
  writeFileSync(join(folder.path, 'file'), 'x');
  expect(existsSync(folder.path)).toBe(true);
  folder.remove();
  expect(existsSync(folder.path)).toBe(false);
});

test('what a killed process left is swept; what a running one has, and what is not ours, stays', () => {
  const dead = spawnSync(process.execPath, ['--version']).pid;
  const left = join(parent, `wildrydes-cloud-${dead}-abcdef`);
  const running = join(parent, `wildrydes-cloud-${process.ppid}-abcdef`);
  const foreign = join(parent, `something-${dead}-abcdef`);
  for (const folder of [left, running, foreign]) mkdirSync(folder);
  const folder = temporaryFolder(parent);
  expect([left, running, foreign].map((path) => existsSync(path))).toEqual([false, true, true]);
  folder.remove();
});
