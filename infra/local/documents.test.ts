import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startChild } from './child-fixture.ts';
import { openDocuments } from './documents.ts';

interface Topic {
  readonly name: string;
}

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-documents-'));
  file = join(folder, 'topics.json');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const open = () => openDocuments<Topic>({ file, what: 'topics' });

describe('documents', () => {
  it.each([true, false])('are kept by key, in the order of their keys, on disk: %j', (onDisk) => {
    const topics = openDocuments<Topic>({ file: onDisk ? file : null, what: 'topics' });
    for (const key of ['b', 'a', 'c', '__proto__']) topics.put(key, { name: key });
    topics.put('b', { name: 'another b' });
    topics.delete('c');
    topics.delete('no such');
    const seen = onDisk ? open() : topics;
    expect(seen.all()).toEqual([{ name: '__proto__' }, { name: 'a' }, { name: 'another b' }]);
    expect(seen.get('b')).toEqual({ name: 'another b' });
    expect([seen.has('a'), seen.has('c'), seen.get('c')]).toEqual([true, false, undefined]);
  });

  it('acknowledged before kill -9 are there, and the file is whole', async () => {
    const child = await startChild(`
      import { openDocuments } from './documents.ts';
      const topics = openDocuments({ file: ${JSON.stringify(file)}, what: 'topics' });
      for (let i = 0; ; i++) {
        topics.put('topic-' + i, { name: 'topic-' + i });
        console.log('kept', i);
        await new Promise((resolve) => setImmediate(resolve));
      }
    `);
    await child.line('kept 20');
    await child.kill();
    const acknowledged = child.lines.length;
    const topics = open();
    for (let i = 0; i < acknowledged; i++) expect(topics.has(`topic-${i}`)).toBe(true);
    topics.put('another', { name: 'another' });
    expect(readdirSync(folder)).toEqual(['topics.json']);
  });

  it.each(['', '{', '{}', 'null', '{"version":2}', '{"version":1,"checksum":0,"documents":[["a",{}]]}'])(
    'in a file that holds %j are refused, saying so',
    (text) => {
      writeFileSync(file, text);
      expect(open).toThrow(
        expect.objectContaining({ code: 'STATE_CORRUPT', message: expect.stringContaining(file) }),
      );
    },
  );

  it('with one changed letter are refused', () => {
    open().put('a', { name: 'a' });
    writeFileSync(file, readFileSync(file, 'utf8').replace('"name": "a"', '"name": "b"'));
    expect(open).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }));
  });

  it('that cannot be written stay as they were', () => {
    const topics = open();
    topics.put('a', { name: 'a' });
    mkdirSync(`${file}.new`);
    const unusable = expect.objectContaining({
      code: 'STATE_UNUSABLE',
      message: expect.stringContaining(file),
    });
    expect(() => topics.put('b', { name: 'b' })).toThrow(unusable);
    expect(() => topics.delete('a')).toThrow(unusable);
    expect(topics.all()).toEqual([{ name: 'a' }]);
    expect(open().all()).toEqual([{ name: 'a' }]);
  });
});
