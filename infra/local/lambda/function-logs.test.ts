import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFunctionLogs } from './function-logs.ts';
import { LineSplitter } from './lines.ts';
import { createWorkspace, type Workspace } from './testing/workspace.ts';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

describe("functions' logs", () => {
  test('are one file per function, in order, and go on after a restart', async () => {
    const folder = join(workspace.empty(), 'logs');
    for (const round of [1, 2]) {
      const logs = createFunctionLogs({ folder });
      for (let i = 0; i < 100; i++) logs.write('a', `${round} ${i}`);
      logs.write('b', `only ${round}`);
      await logs.close();
    }
    const lines = readFileSync(join(folder, 'a.log'), 'utf8').split('\n');
    expect(lines).toEqual([...[1, 2].flatMap((r) => Array.from({ length: 100 }, (_, i) => `${r} ${i}`)), '']);
    expect(readFileSync(join(folder, 'b.log'), 'utf8')).toBe('only 1\nonly 2\n');
  });

  test('are bounded: the newest lines are kept, in two files', async () => {
    const folder = workspace.empty();
    const logs = createFunctionLogs({ folder, fileLimit: 1_000 });
    for (let i = 0; i < 50; i++) {
      for (let j = 0; j < 10; j++) logs.write('a', `line ${i * 10 + j}`);
      await logs.close();
    }
    const older = readFileSync(join(folder, 'a.1.log'), 'utf8');
    const newer = readFileSync(join(folder, 'a.log'), 'utf8');
    expect(statSync(join(folder, 'a.1.log')).size).toBeLessThan(1_200);
    expect(statSync(join(folder, 'a.log')).size).toBeLessThan(1_200);
    const kept = (older + newer).trimEnd().split('\n');
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => `line ${500 - kept.length + i}`));
    expect(kept.length).toBeGreaterThan(90);
  });

  test('say how much was dropped when a function writes faster than the disk', async () => {
    const folder = workspace.empty();
    const logs = createFunctionLogs({ folder });
    const line = 'x'.repeat(1024 * 1024);
    for (let i = 0; i < 8; i++) logs.write('a', line);
    await logs.close();
    expect(readFileSync(join(folder, 'a.log'), 'utf8')).toMatch(
      /\(\d lines dropped: the disk is full, or slower than the output\)\n$/,
    );
  });

  test('say how much was lost while their file could not be written', async () => {
    const folder = workspace.empty();
    const logs = createFunctionLogs({ folder });
    rmSync(folder, { recursive: true });
    for (const line of ['one', 'two', 'three']) {
      logs.write('a', line);
      await logs.close();
    }
    mkdirSync(folder);
    logs.write('a', 'four');
    await logs.close();
    expect(readFileSync(join(folder, 'a.log'), 'utf8')).toMatch(
      /^four\n\(3 lines dropped: the disk is full.*\n$/,
    );
  });

  test('without a folder are kept nowhere, and told all the same', async () => {
    const told: string[] = [];
    const logs = createFunctionLogs({ folder: null, onLine: (name, line) => told.push(`${name}: ${line}`) });
    logs.write('a', 'one');
    await logs.close();
    expect(told).toEqual(['a: one']);
  });

  test('that cannot be written cost the function nothing', async () => {
    const folder = workspace.empty();
    const logs = createFunctionLogs({ folder });
    logs.write('missing/folder', 'one');
    await logs.close();
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });
});

describe('lines', () => {
  const split = (...pieces: string[]): string[] => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    for (const piece of pieces) splitter.push(piece);
    splitter.flush();
    return lines;
  };

  test('are cut at their ends, wherever the pieces are cut', () => {
    expect(split('a\nb', 'c\n\nd')).toEqual(['a', 'bc', '', 'd']);
    expect(split('a\n')).toEqual(['a']);
    expect(split()).toEqual([]);
  });

  test('without an end are bounded', () => {
    const lines = split(...Array.from({ length: 10 }, () => 'x'.repeat(100_000)));
    expect(lines.every((line) => line.length <= 256 * 1024)).toBe(true);
  });
});
