import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WildRydesError } from '../../telemetry/errors.ts';
import type { Emission } from '../emission.ts';
import { createFileSink } from './file.ts';
import { createStdoutSink } from './stdout.ts';

function emission(data: string | Uint8Array): Emission {
  return { key: 'Arion', data: Buffer.from(data), time: 0, reading: undefined };
}

/** A stream that fails its first write. */
function broken(code: string) {
  return new Writable({
    write(_chunk, _encoding, callback) {
      callback(Object.assign(new Error(`write ${code}`), { code }));
    },
  });
}

describe('standard output', () => {
  test('gets each line as encoded, in order', async () => {
    const stream = new PassThrough();
    const sink = createStdoutSink(stream);
    void sink.put(emission('{"Name":"🦄"}\n'));
    void sink.put(emission(Uint8Array.of(0xff, 10)));
    void sink.put(emission('third\n'));
    await sink.flush();
    const expected = Buffer.concat([
      Buffer.from('{"Name":"🦄"}\n'),
      Uint8Array.of(0xff, 10),
      Buffer.from('third\n'),
    ]);
    expect(stream.read()).toEqual(expected);
  });

  test('gets a line without anyone asking for it', async () => {
    const stream = new PassThrough();
    void createStdoutSink(stream).put(emission('now\n'));
    const [line] = await stream.take(1).toArray();
    expect(String(line)).toBe('now\n');
  });

  test('holds its writers back while it is full', async () => {
    const release: (() => void)[] = [];
    let written = 0;
    const stream = new Writable({
      highWaterMark: 1_000,
      write(chunk, _encoding, callback) {
        written += chunk.length;
        release.push(callback);
      },
    });
    const sink = createStdoutSink(stream);
    const line = emission(`${'x'.repeat(99)}\n`);
    let puts = 0;
    let full: Promise<void> | undefined;
    while (full === undefined) {
      full = sink.put(line) ?? undefined;
      if (++puts > 5_000) expect.fail('never full');
      // As a simulation does: the event loop has a turn now and then.
      if (puts % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    let going = false;
    const waiting = full.then(() => {
      going = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(going).toBe(false);
    const flushed = sink.flush();
    while (release.length > 0) {
      release.shift()!();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all([waiting, flushed]);
    expect(written).toBe(puts * 100);
  });

  test('is given few and large pieces, none of which changes while it is slow', async () => {
    const given: { readonly chunk: Buffer; readonly copy: Buffer; readonly done: () => void }[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        given.push({ chunk, copy: Buffer.from(chunk), done });
      },
    });
    const sink = createStdoutSink(stream);
    const lines = Array.from({ length: 5_000 }, (_, i) => `${i}${'.'.repeat(i % 300)}\n`);
    lines[2_500] = `${'x'.repeat(200_000)}\n`;
    for (const [i, line] of lines.entries()) {
      // Whoever does not wait when the sink is full may be held in memory, but not lose anything.
      void sink.put(emission(line));
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const flushed = sink.flush();
    for (let i = 0; i < given.length; i++) {
      given[i]!.done();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await flushed;
    expect(Buffer.concat(given.map(({ chunk }) => chunk)).equals(Buffer.from(lines.join('')))).toBe(true);
    for (const { chunk, copy } of given) expect(chunk.equals(copy)).toBe(true);
    expect(given.length).toBeLessThan(100);
  });

  test('ends cleanly when the reader of the pipe has left', async () => {
    const sink = createStdoutSink(broken('EPIPE'));
    void sink.put(emission('first\n'));
    await sink.flush();
    expect(sink.ended?.aborted).toBe(true);
    await sink.put(emission('second\n'));
    await sink.close();
  });

  test('says so when it cannot be written', async () => {
    const sink = createStdoutSink(broken('ENOSPC'));
    void sink.put(emission('first\n'));
    await expect(sink.flush()).rejects.toThrow('cannot write to standard output: write ENOSPC');
    expect(() => sink.put(emission('second\n'))).toThrow(WildRydesError);
  });

  test('stays open', async () => {
    const stream = new PassThrough();
    const sink = createStdoutSink(stream);
    await sink.close();
    expect(stream.writable).toBe(true);
  });
});

describe('a file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wildrydes-file-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is written anew, in full, byte for byte', async () => {
    const path = join(folder, 'readings.ndjson');
    for (const run of ['first', 'second']) {
      const sink = await createFileSink(path);
      const lines = Array.from({ length: 20_000 }, (_, i) => `{"${run}":${i}}\n`);
      for (const line of lines) await sink.put(emission(line));
      await sink.put(emission(Uint8Array.of(0xfe, 10)));
      await sink.close();
      expect(
        (await readFile(path)).equals(Buffer.concat([Buffer.from(lines.join('')), Uint8Array.of(0xfe, 10)])),
      ).toBe(true);
    }
  });

  test('that cannot be opened is a usage error', async () => {
    await expect(createFileSink(folder)).rejects.toThrow(WildRydesError);
    await expect(createFileSink(join(folder, 'missing', 'readings'))).rejects.toThrow(
      `cannot write to ${folder}`,
    );
  });
});
