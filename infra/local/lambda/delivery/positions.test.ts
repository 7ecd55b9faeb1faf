import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorkspace, until, type Workspace } from '../testing/workspace.ts';
import { Positions } from './positions.ts';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

function open(folder: string | null, log: (line: string) => void = () => {}): Positions {
  return new Positions({ folder, name: 'f@s', owner: 'f@s', log });
}

describe('positions', () => {
  test('come back after a restart', async () => {
    const folder = workspace.empty();
    const before = open(folder);
    expect(before.begun).toBe(false);
    before.begin(new Map([['shard-1', { after: '10', finished: false }]]));
    before.set('shard-2', { after: null, finished: true });
    await before.flush();
    const after = open(folder);
    expect(after.begun).toBe(true);
    expect(after.get('shard-1')).toEqual({ after: '10', finished: false });
    expect(after.get('shard-2')).toEqual({ after: null, finished: true });
    expect(after.get('shard-3')).toBeUndefined();
  });

  test('are written without being asked, and leave no other file', async () => {
    const folder = workspace.empty();
    const positions = open(folder);
    for (let i = 0; i < 1_000; i++) positions.set('shard-1', { after: String(i), finished: false });
    await until('the last is written', () => {
      const [file] = readdirSync(folder).filter((name) => name === 'f@s.json');
      return file !== undefined && readFileSync(join(folder, file), 'utf8').includes('"999"');
    });
    await positions.flush();
    expect(readdirSync(folder)).toEqual(['f@s.json']);
  });

  test('are replaced, never overwritten', async () => {
    const folder = workspace.empty();
    const positions = open(folder);
    positions.set('shard-1', { after: '1', finished: false });
    await positions.flush();
    linkSync(join(folder, 'f@s.json'), join(folder, 'before.json'));
    positions.set('shard-1', { after: '2', finished: false });
    await positions.flush();
    expect(readFileSync(join(folder, 'f@s.json'), 'utf8')).toContain('"2"');
    expect(readFileSync(join(folder, 'before.json'), 'utf8')).toContain('"1"');
  });

  test('of shards that are gone are forgotten', async () => {
    const folder = workspace.empty();
    const positions = open(folder);
    positions.set('shard-1', { after: '1', finished: true });
    positions.set('shard-2', { after: '2', finished: false });
    positions.keepOnly(new Set(['shard-2']));
    await positions.flush();
    expect(open(folder).get('shard-1')).toBeUndefined();
    expect(open(folder).get('shard-2')).toEqual({ after: '2', finished: false });
  });

  test.each([
    ['not JSON', '{"shards":'],
    ['nothing', ''],
    ['no shards', '{}'],
    ['a position of another shape', '{"shards":{"shard-1":{"after":7,"finished":false}}}'],
    ['no checksum', '{"shards":{"shard-1":{"after":"7","finished":false}}}'],
    ['null', 'null'],
  ])('in a file that holds %s begin with the oldest record, and the file is kept', async (_, text) => {
    const folder = workspace.empty();
    const file = join(folder, 'f@s.json');
    writeFileSync(file, text);
    const log: string[] = [];
    const positions = open(folder, (line) => log.push(line));
    expect(positions.begun).toBe(true);
    expect(positions.get('shard-1')).toBeUndefined();
    expect(log).toEqual([
      expect.stringContaining(`${file} is damaged: f@s begins with the oldest record again`),
    ]);
    expect(readFileSync(`${file}.damaged`, 'utf8')).toBe(text);
    // Also after a crash, before anything was done: LATEST would leave out what came before.
    expect(open(folder, (line) => log.push(line)).begun).toBe(true);
    expect(log).toHaveLength(1);
  });

  test('notice every changed byte that means something', async () => {
    const folder = workspace.empty();
    const file = join(folder, 'f@s.json');
    const before = open(folder);
    before.begin(
      new Map([
        ['shard-1', { after: '49179582923206200000000000000000000000000000000000000070', finished: false }],
      ]),
    );
    await before.flush();
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 1;
      writeFileSync(file, changed);
      const found = open(folder).get('shard-1');
      if (found !== undefined) expect(found).toEqual(before.get('shard-1'));
    }
  });

  test('that cannot be written are reported once, and written when they can be', async () => {
    const folder = workspace.empty();
    const log: string[] = [];
    const positions = open(join(folder, 'deeper'), (line) => log.push(line));
    rmSync(join(folder, 'deeper'), { recursive: true });
    positions.set('shard-1', { after: '1', finished: false });
    await positions.flush();
    positions.set('shard-1', { after: '2', finished: false });
    await positions.flush();
    expect(log).toEqual([expect.stringContaining('will try again')]);
    mkdirSync(join(folder, 'deeper'));
    await positions.flush();
    expect(open(join(folder, 'deeper')).get('shard-1')?.after).toBe('2');
  });

  test('without a folder last as long as the object', async () => {
    const positions = open(null);
    positions.set('shard-1', { after: '1', finished: false });
    await positions.flush();
    expect(positions.get('shard-1')?.after).toBe('1');
  });
});
