import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Position } from '../stream/reader.ts';
import { fileCheckpoints, memoryCheckpoints } from './checkpoint.ts';
import { type Checkpoint, encodeCheckpoint } from './checkpoint-format.ts';
import { WindowEngine } from './engine.ts';

let folder: string;
let path: string;
let warnings: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  path = join(folder, 'aggregation', 'checkpoint');
  warnings = [];
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function files() {
  return fileCheckpoints(path, (message) => warnings.push(message));
}

function checkpoint(readings: number): Checkpoint {
  const engine = new WindowEngine();
  const shard = engine.startShard('shardId-000000000000', ['shardId-999999999999']);
  for (let n = 0; n < readings; n++) {
    const reading = {
      Name: `Unicorn 🦄 ${n % 3}`,
      StatusTime: '',
      Latitude: 0,
      Longitude: 0,
      Distance: 30,
      MagicPoints: -n,
      HealthPoints: 2 ** 31 - 1,
    };
    engine.accept(shard, { ok: true, reading, instant: n * 7_000, micrometres: 999_999 }, 'key', 0);
  }
  engine.accept(shard, { ok: false, reason: 'none' }, 'a "key"\n', 0);
  return {
    stream: { name: 'wildrydes', created: 1_772_366_400_000 },
    positions: new Map<string, Position>([
      ['shardId-000000000000', { after: '49590338271490256608559692538361571095921575989136588898' }],
      ['shardId-000000000001', 'finished'],
    ]),
    engine: engine.snapshot(),
    outbox: Array.from({ length: readings }, (_, n) => ({
      id: n + 1,
      stream: n % 2 === 0 ? ('summaries' as const) : ('quarantine' as const),
      key: `🦄 ${n}`,
      text: `{"Name":"🦄 ${n}"}\n`,
    })),
    nextId: readings + 1,
  };
}

const LITTLE = checkpoint(3);

describe('a file of checkpoints', () => {
  it('is empty at first', async () => {
    expect(await files().load()).toBeUndefined();
  });

  it('gives back what was saved, down to the last column', async () => {
    for (const size of [0, 1, 40, 12_000]) {
      const saved = checkpoint(size);
      await files().save(saved);
      expect(await files().load()).toEqual(saved);
    }
    expect(warnings).toEqual([]);
  });

  it('keeps the one before, and no temporary file', async () => {
    const store = files();
    await store.save(checkpoint(1));
    await store.save(LITTLE);
    expect((await readdir(join(folder, 'aggregation'))).sort()).toEqual([
      'checkpoint',
      'checkpoint.previous',
    ]);
    expect(await fileCheckpoints(`${path}.previous`).load()).toEqual(checkpoint(1));
  });

  it('uses the previous one, with a warning, when the file is damaged, and keeps it through the next save', async () => {
    const store = files();
    await store.save(checkpoint(1));
    await store.save(LITTLE);
    await writeFile(path, 'rubbish');
    expect(await store.load()).toEqual(checkpoint(1));
    expect(warnings).toEqual([expect.stringContaining(`${path} is damaged`)]);
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe('rubbish');
    await store.save(LITTLE);
    expect(await fileCheckpoints(`${path}.previous`).load()).toEqual(checkpoint(1));
  });

  it('uses the previous one without a word when a crash came between the renames', async () => {
    const store = files();
    await store.save(LITTLE);
    await store.save(checkpoint(1));
    await rm(path);
    await writeFile(`${path}.new`, 'half');
    expect(await store.load()).toEqual(LITTLE);
    expect(warnings).toEqual([]);
  });

  it('is an error that names the file when none of them is whole', async () => {
    await files().save(LITTLE);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 1));
    await expect(files().load()).rejects.toMatchObject({
      code: 'STATE_CORRUPT',
      message: `checkpoint ${path} is damaged: its end is missing`,
    });
    await writeFile(`${path}.previous`, '');
    await expect(files().load()).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    expect(warnings).toEqual([]);
  });

  it('is an error that names the file when another version wrote it, even if the previous one could be read', async () => {
    const store = files();
    await store.save(LITTLE);
    await store.save(LITTLE);
    await writeFile(path, ofVersion(99));
    await expect(store.load()).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      message: expect.stringContaining('version 99'),
    });
  });

  it('is an error that names the file when it cannot be written', async () => {
    await writeFile(join(folder, 'aggregation'), 'a file where the folder should be');
    await expect(files().save(LITTLE)).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      message: expect.stringContaining(path),
    });
  });

  it('notices every cut and every changed byte', async () => {
    const whole = Buffer.concat([...encodeCheckpoint(LITTLE)]);
    await files().save(LITTLE);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.option(fc.integer({ min: 1, max: 255 }), { nil: undefined }),
        async (at, change) => {
          const damaged = Buffer.from(change === undefined ? whole.subarray(0, at) : whole);
          if (change !== undefined) damaged[at]! ^= change;
          await writeFile(path, damaged);
          await expect(files().load()).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** A whole checkpoint that says it is of another version: everything but the version and the checksum is as it was. */
function ofVersion(version: number): Buffer {
  const bytes = Buffer.concat([...encodeCheckpoint(LITTLE)]);
  bytes.writeUInt32LE(version, 4);
  bytes.writeUInt32LE(crcOf(bytes.subarray(0, bytes.length - 8)), bytes.length - 4);
  return bytes;
}

/** CRC-32 of IEEE 802.3, bit by bit. */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe('checkpoints in memory', () => {
  it('last as long as the store', async () => {
    const store = memoryCheckpoints();
    expect(await store.load()).toBeUndefined();
    await store.save(LITTLE);
    expect(await store.load()).toEqual(LITTLE);
    expect(await memoryCheckpoints().load()).toBeUndefined();
  });
});
