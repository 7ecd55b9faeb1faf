import fc from 'fast-check';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { readZip, ZipError } from './zip-archive.ts';

function archive(files: Zippable): Buffer {
  return Buffer.from(zipSync(files));
}

/** What it holds, by path. */
async function contentsOf(zipped: Buffer): Promise<Record<string, string>> {
  const entries = readZip(zipped);
  return Object.fromEntries(
    await Promise.all(entries.map(async (entry) => [entry.path, (await entry.read()).toString('latin1')])),
  );
}

describe('an archive', () => {
  test('gives back what was packed, stored or deflated', async () => {
    const part = fc.stringMatching(/^[a-z0-9_-]{1,8}$/);
    const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(path, fc.uint8Array({ maxLength: 300 }), { maxKeys: 8 }),
        fc.constantFrom(0 as const, 6 as const),
        async (files, level) => {
          const packed = archive(
            Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, [bytes, { level }]])),
          );
          const expected = Object.entries(files).map(([name, bytes]) => [
            name,
            Buffer.from(bytes).toString('latin1'),
          ]);
          expect(await contentsOf(packed)).toEqual(Object.fromEntries(expected));
        },
      ),
    );
  });

  test('may have folders, names in any script, separators of Windows, and a comment', async () => {
    const packed = archive({
      'lib/': new Uint8Array(),
      'lib\\a.js': strToU8('a'),
      'über/🦄.js': strToU8('b'),
    });
    packed.writeUInt16LE(7, packed.length - 2);
    const commented = Buffer.concat([packed, Buffer.from('comment')]);
    expect(await contentsOf(commented)).toEqual({ 'lib/a.js': 'a', 'über/🦄.js': 'b' });
  });

  test.each([
    '../escape.js',
    'lib/../../escape.js',
    'lib\\..\\..\\escape.js',
    '/etc/passwd',
    '\\etc\\passwd',
    'C:/windows.js',
    'c:windows.js',
    'a//b.js',
    'a/../b/',
    'nul\0.js',
    '.',
    '/',
  ])('with an entry %j is refused', (name) => {
    expect(() => readZip(archive({ [name]: strToU8('x') }))).toThrow(ZipError);
  });

  test.each([
    ['a symbolic link', 0o120777],
    ['neither a file nor a folder', 0o060644],
  ])('with %s is refused', (what, mode) => {
    const link: Zippable = { link: [strToU8('/etc/passwd'), { os: 3, attrs: (mode << 16) >>> 0 }] };
    expect(() => readZip(archive(link))).toThrow(what);
  });

  test('says which files may be executed', () => {
    const packed = archive({
      tool: [strToU8('#!/bin/sh'), { os: 3, attrs: (0o100755 << 16) >>> 0 }],
      plain: strToU8(''),
    });
    expect(readZip(packed).map(({ path, executable }) => [path, executable])).toEqual([
      ['tool', true],
      ['plain', false],
    ]);
  });

  test('that unpacks to more than it says is given up at that size', async () => {
    const packed = archive({ bomb: new Uint8Array(5_000_000) });
    const directory = packed.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    packed.writeUInt32LE(1000, directory + 24);
    const [entry] = readZip(packed);
    expect(entry?.size).toBe(1000);
    await expect(entry?.read()).rejects.toThrow('is damaged');
  });

  test('that is cut or changed anywhere is refused, or gives what it gave, and never anything else', async () => {
    const packed = archive({
      'index.js': strToU8('exports.handler = 1;'),
      'lib/a.txt': [strToU8('b'), { level: 0 }],
    });
    const whole = await contentsOf(packed);
    const tryIt = async (damaged: Buffer): Promise<void> => {
      try {
        const given = await contentsOf(damaged);
        for (const [path, text] of Object.entries(given)) {
          if (path in whole) expect([whole[path], '']).toContain(text);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ZipError);
      }
    };
    for (let length = 0; length < packed.length; length++) await tryIt(packed.subarray(0, length));
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Buffer.from(packed);
        damaged[at] = damaged[at]! ^ change;
        await tryIt(damaged);
      }),
      { numRuns: 500 },
    );
  });

  test('of anything at all is refused, and takes nobody down', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => readZip(Buffer.from(bytes))).toThrow(ZipError);
      }),
    );
  });
});
