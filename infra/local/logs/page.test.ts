import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventBytes, readPage } from './page.ts';
import { after, BEGINNING, type Cursor, comparePositions, type Direction, END } from './position.ts';
import { LOG_LIMITS } from './service.ts';
import { LogGroup } from './store/log-group.ts';
import type { LogEvent } from './store/log-stream.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-page-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An event of a test: when, in which of three streams, and how long. The longest fill pages, the others blocks. */
const EVENT = fc.record({
  time: fc.integer({ min: 0, max: 30 }),
  stream: fc.constantFrom('a', 'b', 'c'),
  length: fc.constantFrom(1, 30_000, 60_000, 400_000),
});

const REQUEST = fc.record({
  direction: fc.constantFrom<Direction>('forward', 'backward'),
  limit: fc.integer({ min: 1, max: 12 }),
  start: fc.constantFrom(0, 0, 10),
  end: fc.constantFrom(Number.POSITIVE_INFINITY, 20),
  wanted: fc.constantFrom('', 'x'),
});

test('pages of streams whose times overlap give each event once, in order, and no more than fits', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(EVENT, { maxLength: 40 }), REQUEST, async (given, request) => {
      let now = 0;
      round += 1;
      const group = new LogGroup({
        folder: join(folder, `${round}`),
        limits: LOG_LIMITS,
        now: () => now,
        log: () => {},
      });
      for (const name of ['a', 'b', 'c']) group.createStream(name);
      for (const [i, { time, stream, length }] of given.entries()) {
        now = Math.floor(i / 3);
        const message = `${i} ${i % 2 === 0 ? 'x' : 'y'}`.padEnd(length, '.');
        await group.stream(stream).append([{ timestamp: time, message }]);
      }
      const matches = (message: string) => message.slice(0, 8).includes(request.wanted);
      const forward = request.direction === 'forward';
      const { direction, limit, start, end } = request;

      const seen: LogEvent[] = [];
      let cursor: Cursor = { direction, boundary: forward ? BEGINNING : END };
      for (;;) {
        const { events, more } = await readPage(group.streams(), { cursor, start, end, limit, matches });
        expect(events.length).toBeLessThanOrEqual(limit);
        const bytes = events.reduce((sum, { message }) => sum + eventBytes(message), 0);
        expect(bytes <= 1024 * 1024 || events.length === 1).toBe(true);
        if (forward) seen.push(...events);
        else seen.unshift(...events);
        if (!more) break;
        expect(events).not.toEqual([]);
        cursor = { direction, boundary: forward ? after(events.at(-1)!) : events[0]! };
      }

      expect(seen).toEqual(seen.toSorted(comparePositions));
      const expected = given.flatMap(({ time }, i) =>
        time >= start && time < end && (request.wanted === '' || i % 2 === 0) ? [i] : [],
      );
      const indices = seen.map(({ message }) => Number.parseInt(message, 10));
      expect(indices.toSorted((a, b) => a - b)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});
