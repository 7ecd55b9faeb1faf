import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Body, readBody } from './body.ts';

function read(source: PassThrough, declared: string | undefined, limit: number): Promise<Body> {
  return new Promise((resolve) => readBody(source, declared, limit, resolve));
}

describe('readBody', () => {
  it('gives back exactly what was sent, however it was cut, or says that it is too large', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }),
        fc.nat({ max: 600 }),
        async (chunks, limit) => {
          const source = new PassThrough();
          const body = read(source, undefined, limit);
          for (const chunk of chunks) source.write(chunk);
          source.end();
          const whole = Buffer.concat(chunks);
          expect(await body).toEqual(whole.length <= limit ? whole : 'too large');
        },
      ),
      { numRuns: 50 },
    );
  });

  it('refuses by the declared length before a byte has come', async () => {
    expect(await read(new PassThrough(), '11', 10)).toBe('too large');
  });

  it('reads on after refusing, so that the sender can finish', async () => {
    const source = new PassThrough();
    expect(await read(source, '1000000', 10)).toBe('too large');
    const drained = new Promise((resolve) => source.on('end', resolve));
    for (let i = 0; i < 100; i++) source.write(Buffer.alloc(10_000));
    source.end();
    await drained;
  });

  it('does not read on for ever', async () => {
    const source = new PassThrough();
    expect(await read(source, '11', 10)).toBe('too large');
    const cut = new Promise((resolve) => source.on('close', resolve));
    const chunk = Buffer.alloc(1024 * 1024);
    const pump = () => {
      while (!source.destroyed && source.write(chunk));
      if (!source.destroyed) source.once('drain', pump);
    };
    pump();
    await cut;
    expect(source.destroyed).toBe(true);
  });

  it('reports a sender that goes away, once', async () => {
    const outcomes: Body[] = [];
    const source = new PassThrough();
    readBody(source, '100', 1000, (body) => outcomes.push(body));
    source.write('half');
    const closed = new Promise((resolve) => source.on('close', resolve));
    source.destroy(new Error('connection reset'));
    await closed;
    expect(outcomes).toEqual(['aborted']);
  });
});
