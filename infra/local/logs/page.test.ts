import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventBytes, type Page, readPage } from './page.ts';
import {
  after,
  BEGINNING,
  type Cursor,
  comparePositions,
  type Direction,
  END,
  type Position,
} from './position.ts';
import { LOG_LIMITS } from './service.ts';
import { LogGroup } from './store/log-group.ts';
import type { LogEvent } from './store/log-stream.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-page-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An event of a test: when, in which of three streams, and how long. Three of the longest fill a page to where one of 31,000 does not fit, and shorter ones do; two of those fill a block. */
const EVENT = fc.record({
  time: fc.integer({ min: 0, max: 30 }),
  stream: fc.constantFrom('a', 'b', 'c'),
  length: fc.constantFrom(1, 1, 31_000, 340_000),
});

const REQUEST = fc.record({
  direction: fc.constantFrom<Direction>('forward', 'backward'),
  limit: fc.constantFrom(3, 100, 100),
  start: fc.constantFrom(0, 0, 10),
  end: fc.constantFrom(Number.POSITIVE_INFINITY, 20),
  wanted: fc.constantFrom('', 'x'),
});

test('pages of streams whose times overlap give each event once, in order, and no more than fits', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(EVENT, { minLength: 10, maxLength: 40, size: 'max' }),
      REQUEST,
      async (given, request) => {
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
      },
    ),
    { numRuns: 30 },
  );
});

test('what did not fit into a page is not passed over for what comes later and is shorter', async () => {
  const group = new LogGroup({ folder, limits: LOG_LIMITS, now: () => 0, log: () => {} });
  const put = (stream: string, ...given: readonly (readonly [timestamp: number, length: number])[]) => {
    const message = (timestamp: number, length: number) => `${stream}${timestamp}`.padEnd(length, '.');
    const events = given.map(([timestamp, length]) => ({ timestamp, message: message(timestamp, length) }));
    return group.openStream(stream).append(events);
  };
  await put('a', [0, 340_000], [1, 340_000], [2, 340_000]);
  await put('b', [2, 1], [10, 31_000]);
  await put('c', [2, 1], [20, 1]);
  const read = async (boundary: Position) => {
    const cursor: Cursor = { direction: 'forward', boundary };
    const end = Number.POSITIVE_INFINITY;
    return readPage(group.streams(), { cursor, start: 0, end, limit: 100, matches: () => true });
  };
  const names = ({ events }: Page) => events.map(({ message }) => message.replaceAll('.', ''));
  const first = await read(BEGINNING);
  expect(names(first)).toEqual(['a0', 'a1', 'a2', 'b2', 'c2']);
  expect(names(await read(after(first.events.at(-1)!)))).toEqual(['b10', 'c20']);
});
