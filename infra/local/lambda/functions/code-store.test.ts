import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { zip } from '../testing/functions-fixture.ts';
import { openCodeStore, type StoredCode } from './code-store.ts';

let root: string;
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), 'wildrydes-code-')), 'functions');
});
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

const same = (code: StoredCode): StoredCode => code;
const packed = (files: Readonly<Record<string, string>>) => Buffer.from(zip(files));

/** Names of what is kept. */
const kept = () => readdirSync(root).filter((name) => /^[0-9a-f]{64}/.test(name));

describe('the code store', () => {
  test('unpacks an archive whole, and keeps it', async () => {
    const store = openCodeStore(root);
    const archive = packed({ 'index.js': '1', 'lib/deep/a.js': '2' });
    const { sha256, size } = await store.add(archive, same);
    expect(size).toBe(archive.length);
    const folder = store.folderOf(sha256);
    expect(readFileSync(join(folder, 'index.js'), 'utf8')).toBe('1');
    expect(readFileSync(join(folder, 'lib/deep/a.js'), 'utf8')).toBe('2');
    expect(store.archive(Buffer.from(sha256, 'base64').toString('hex'))).toEqual(archive);
    expect(await store.add(archive, same)).toEqual({ sha256, size });
    expect(await Promise.all([store.add(archive, same), store.add(archive, same)])).toHaveLength(2);
  });

  test('keeps what is executable so', async () => {
    const store = openCodeStore(root);
    const archive = zipSync({ tool: [strToU8('#!'), { os: 3, attrs: (0o100755 << 16) >>> 0 }] });
    const { sha256 } = await store.add(Buffer.from(archive), same);
    expect(statSync(join(store.folderOf(sha256), 'tool')).mode & 0o111).not.toBe(0);
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'Uploaded file must be a non-empty zip'],
    ['an empty archive', packed({}), 'Uploaded file must be a non-empty zip'],
    [
      'no archive',
      Buffer.from('hello'),
      'Could not unzip uploaded file. Please check your file, then try to upload again. (it has no directory)',
    ],
    ['an escape', packed({ '../x.js': '1' }), 'does not stay in the folder'],
    ['a file that is a folder too', packed({ a: '1', 'a/b': '2' }), 'Could not unzip'],
    ['a name that is too long', packed({ ['x'.repeat(300)]: '1' }), 'Could not unzip'],
  ])('refuses %s, and leaves nothing', async (_, archive, message) => {
    const store = openCodeStore(root);
    await expect(store.add(archive, same)).rejects.toMatchObject({
      type: 'InvalidParameterValueException',
      message: expect.stringContaining(message),
    });
    expect(readdirSync(root).sort()).toEqual(['node_modules', 'package.json']);
    expect(existsSync(join(root, '..', 'x.js'))).toBe(false);
  });

  test('refuses what unpacks to more than 250 MB before it unpacks anything', async () => {
    const store = openCodeStore(root);
    const archive = packed({ a: 'a', b: 'b' });
    for (const at of [0, 1]) {
      let directory = archive.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
      if (at === 1) directory = archive.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]), directory + 1);
      archive.writeUInt32LE(200_000_000, directory + 24);
    }
    await expect(store.add(archive, same)).rejects.toThrow(
      'Unzipped size must be smaller than 262144000 bytes',
    );
  });

  test('removes what nobody refers to, but not what is being added', async () => {
    const store = openCodeStore(root);
    const a = await store.add(packed({ a: '' }), same);
    await store.add(packed({ b: '' }), same);
    await store.add(packed({ c: '' }), () => store.keepOnly([a.sha256]));
    expect(kept()).toHaveLength(4);
    store.keepOnly([a.sha256]);
    expect(kept().sort()).toEqual(
      [0, 1].map((n) => Buffer.from(a.sha256, 'base64').toString('hex') + ['', '.zip'][n]),
    );
  });

  test('knows no archive by a path', async () => {
    const store = openCodeStore(root);
    writeFileSync(join(root, '..', 'secret.zip'), '');
    expect(store.archive('../secret')).toBeUndefined();
  });

  test('sweeps what a killed process left half done', async () => {
    mkdirSync(join(root, '.new-1'), { recursive: true });
    writeFileSync(join(root, '.new-1', 'a'), '');
    writeFileSync(join(root, '.new-1.zip'), '');
    openCodeStore(root);
    expect(readdirSync(root).sort()).toEqual(['node_modules', 'package.json']);
  });
});
