import { existsSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderOf } from '../guide/places.ts';
import { placesOf } from '../guide/steps.ts';
import { readText, textOf } from '../guide/text.ts';
import { pack } from '../pack.ts';
import { MODULES } from './index.ts';

test('modules are in order, and each is a folder named after its number', () => {
  const numbers = MODULES.map(({ number }) => number);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(new Set(numbers).size).toBe(numbers.length);
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(MODULES.map(({ folder }) => folder)).toEqual(folders.map(({ name }) => name).sort());
  for (const { number, folder } of MODULES) {
    expect(folder).toMatch(new RegExp(`^${String(number).padStart(2, '0')}-[a-z-]+$`));
  }
});

describe.each(MODULES.map((module) => [module.folder, module] as const))('%s', (_, module) => {
  const markdown = textOf(module);
  const text = readText(markdown);

  test('has a section for each step, in order, headed by its goal', () => {
    expect([...text.keys()]).toEqual(module.steps.map(({ name }) => name));
    expect(markdown).toMatch(new RegExp(`^# ${module.number}\\. ${module.title}\n`));
    const headings = [...text.values()].map(({ heading }) => heading.replace(/^Extra credit: (.)/, upper));
    expect(headings).toEqual(module.steps.map(({ goal }) => goal));
  });

  test('has what every module has', () => {
    for (const part of [
      '**Goal.**',
      '**Time** ',
      '## Why',
      '```mermaid',
      '## Recap',
      '## If something goes wrong',
    ]) {
      expect(markdown).toContain(part);
    }
    expect(markdown).toContain(`**Time** ${module.minutes} minutes`);
  });

  test.each(placesOf([module]))(
    '$id has a check in the text, three hints, and names that stay',
    ({ id, step }) => {
      expect(markdown).toContain(`./wildrydes workshop check ${id}`);
      expect(step.name).toMatch(/^[a-z][a-z-]*$/);
      expect(new Set(step.hints).size).toBe(3);
      for (const words of [step.goal, step.why, ...step.hints]) expect(words.length).toBeGreaterThan(10);
      // What is to be typed is the same for whoever shares an account.
      for (const hint of step.hints.filter((text) => /^(aws|\.\/)/.test(text))) {
        expect(hint).not.toMatch(/--(?:(?:stream|table|function|role|application)-name|stream) (?!"?\$)/);
      }
      for (const before of step.after ?? []) expect(module.steps.map(({ name }) => name)).toContain(before);
      for (const file of step.files ?? []) {
        expect(existsSync(join(folderOf(module), 'solution', file)), file).toBe(true);
        expect(existsSync(join(folderOf(module), 'starter', file)), file).toBe(true);
      }
    },
  );

  test('names no resource without the prefix', () => {
    for (const { commands } of [...text.values()].flatMap((step) => step.commands)) {
      const bare = commands.match(
        /(?:--(?:stream-name|stream|table-name|function-name|role-name|application-name|application)[ =])(?!"?\$)\S+/g,
      );
      expect(bare, commands).toBeNull();
    }
  });

  const code = ['starter', 'solution'].flatMap((kind) => {
    const folder = join(folderOf(module), kind);
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  });
  test.each(code.filter((path) => /^\.(ts|js|mjs)$/.test(extname(path))))(
    '%s can be packed',
    async (path) => {
      expect((await pack(path)).zip.length).toBeGreaterThan(100);
    },
  );
});

function upper(_: string, first: string): string {
  return first.toUpperCase();
}
