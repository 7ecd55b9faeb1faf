import { describe, expect, test } from 'vitest';
import { Lineage, type ListedShard, type Position } from './lineage.ts';

const shard = (shardId: string, parents: string[] = [], closed = false): ListedShard => ({
  shardId,
  parents,
  closed,
});
const ids = (lineage: Lineage) => lineage.take().map(({ shardId, origin }) => [shardId, origin]);

function lineage(positions: Record<string, Position> = {}, fromLatest = false): Lineage {
  return new Lineage(new Map(Object.entries(positions)), fromLatest);
}

describe('parents before children', () => {
  test('through a split and a merge, listed in any order', () => {
    const shards = [
      shard('merged', ['left', 'right']),
      shard('right', ['root'], true),
      shard('left', ['root'], true),
    ];
    const line = lineage();
    line.add([...shards, shard('root', [], true)]);
    expect(ids(line)).toEqual([['root', 'start']]);
    expect(ids(line)).toEqual([]);
    line.finish('root');
    expect(ids(line).map(([id]) => id)).toEqual(['left', 'right']);
    line.finish('left');
    expect(ids(line)).toEqual([]);
    line.finish('right');
    expect(ids(line)).toEqual([['merged', 'start']]);
  });

  test('a parent that was trimmed holds nobody back', () => {
    const line = lineage();
    line.add([shard('child', ['trimmed'])]);
    expect(ids(line)).toEqual([['child', 'start']]);
  });

  test('a listing that repeats shards changes nothing', () => {
    const line = lineage();
    line.add([shard('root')]);
    expect(ids(line)).toHaveLength(1);
    line.add([shard('root', [], true), shard('child', ['root'])]);
    expect(ids(line)).toEqual([]);
    line.finish('root');
    expect(ids(line)).toEqual([['child', 'start']]);
  });
});

describe('where reading begins', () => {
  test('positions override the start; children of what was read are read whole', () => {
    const line = lineage({ root: 'finished', left: { after: '17' }, trimmed: { after: '3' } });
    line.add([
      shard('root', [], true),
      shard('left', ['root'], true),
      shard('right', ['root']),
      shard('leaf', ['left']),
      shard('orphan', ['trimmed']),
      shard('other'),
    ]);
    expect(ids(line)).toEqual([
      ['left', { after: '17' }],
      ['right', 'oldest'],
      ['orphan', 'oldest'],
      ['other', 'start'],
    ]);
    line.finish('left');
    expect(ids(line)).toEqual([['leaf', 'oldest']]);
  });

  test('reading whole is handed down', () => {
    const line = lineage({ root: 'finished' });
    line.add([shard('root', [], true), shard('grandchild', ['child']), shard('child', ['root'], true)]);
    expect(ids(line)).toEqual([['child', 'oldest']]);
    line.finish('child');
    expect(ids(line)).toEqual([['grandchild', 'oldest']]);
  });

  test('from the tip: closed shards are skipped, later shards are read whole', () => {
    const line = lineage({}, true);
    line.add([shard('root', [], true), shard('left', ['root']), shard('right', ['root'])]);
    expect(ids(line)).toEqual([
      ['left', 'start'],
      ['right', 'start'],
    ]);
    line.finish('left');
    line.add([shard('leaf', ['left'])]);
    expect(ids(line)).toEqual([['leaf', 'oldest']]);
  });

  test('from the tip, but with a position: a closed shard is read on', () => {
    const line = lineage({ root: { after: '5' } }, true);
    line.add([shard('root', [], true), shard('left', ['root'])]);
    expect(ids(line)).toEqual([['root', { after: '5' }]]);
  });
});

test('a shard that has ended awaits children until one is known', () => {
  const line = lineage();
  line.add([shard('root')]);
  line.take();
  expect(line.awaitsChildren).toBe(false);
  line.finish('root');
  expect(line.awaitsChildren).toBe(true);
  line.add([shard('child', ['root'])]);
  expect(line.awaitsChildren).toBe(false);
});
