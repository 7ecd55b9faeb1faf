import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { joinedWriter, unread } from './output.ts';

describe('text that comes in one turn', () => {
  test('goes out in one write, in order, without anyone asking for it', async () => {
    const chunks: string[] = [];
    const write = joinedWriter(
      new Writable({
        write(chunk, _encoding, done) {
          chunks.push(String(chunk));
          done();
        },
      }),
    );
    write('a\n');
    write('🦄\n');
    await new Promise((resolve) => setImmediate(resolve));
    write('b\n');
    await new Promise((resolve) => setImmediate(resolve));
    expect(chunks).toEqual(['a\n🦄\n', 'b\n']);
  });
});

describe('a reader', () => {
  const signal = new AbortController().signal;

  test('that keeps up is not waited for', () => {
    expect(unread(new PassThrough(), signal)).toBeUndefined();
  });

  test('that is behind is waited for until it has caught up', async () => {
    const stream = new PassThrough({ highWaterMark: 10 });
    stream.write('x'.repeat(100));
    let caughtUp = false;
    const waiting = unread(stream, signal)?.then(() => {
      caughtUp = true;
    });
    expect(waiting).toBeDefined();
    await new Promise((resolve) => setImmediate(resolve));
    expect(caughtUp).toBe(false);
    stream.resume();
    await waiting;
    expect(unread(stream, signal)).toBeUndefined();
    expect(stream.listenerCount('drain')).toBe(0);
  });

  test('that is gone is waited for only until the run is asked to finish', async () => {
    const stream = new PassThrough({ highWaterMark: 10 });
    stream.write('x'.repeat(100));
    const stop = new AbortController();
    const waiting = unread(stream, stop.signal);
    stop.abort();
    await waiting;
    expect(unread(stream, stop.signal)).toBeUndefined();
    expect(stream.listenerCount('drain')).toBe(0);
  });
});
