import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LogLine, LogTail } from './log-tail.ts';

const line = (timestamp: number, id = String(timestamp)): LogLine => ({ id, timestamp, message: id });

/** A log to which lines come, and which tells from where it was read. */
class Log {
  readonly lines: LogLine[] = [];
  readonly asked: number[] = [];
  /** How many lines a read gives before it breaks off. */
  breaks: number = Number.POSITIVE_INFINITY;

  tail(from: number): LogTail {
    return new LogTail((since) => this.#read(since), from);
  }

  async *#read(since: number): AsyncIterable<LogLine> {
    this.asked.push(since);
    const found = this.lines.filter(({ timestamp }) => timestamp >= since);
    yield* found.sort((a, b) => a.timestamp - b.timestamp).slice(0, this.breaks);
    if (this.breaks < found.length) throw new Error('broken off');
  }
}

test('two lines of one millisecond that come in two looks are both given', async () => {
  const log = new Log();
  const tail = log.tail(0);
  log.lines.push(line(5, 'a'));
  expect(await tail.look(10)).toEqual([line(5, 'a')]);
  log.lines.push(line(5, 'b'));
  expect(await tail.look(10)).toEqual([line(5, 'b')]);
  expect(await tail.look(10)).toEqual([]);
});

test('a look gives the latest lines, and the next one none that were left out', async () => {
  const log = new Log();
  const tail = log.tail(0);
  log.lines.push(...Array.from({ length: 25 }, (_, at) => line(at)));
  expect((await tail.look(3)).map(({ timestamp }) => timestamp)).toEqual([22, 23, 24]);
  expect(await tail.look(3)).toEqual([]);
});

test('the log is read again for a minute alone', async () => {
  const log = new Log();
  const tail = log.tail(0);
  log.lines.push(line(600_000));
  await tail.look(10);
  await tail.look(10);
  expect(log.asked).toEqual([0, 540_000]);
});

test('what a look had found when it broke off is given by the next one', async () => {
  const log = new Log();
  const tail = log.tail(0);
  log.lines.push(line(1), line(2), line(100_000));
  log.breaks = 2;
  await expect(tail.look(10)).rejects.toThrow('broken off');
  log.breaks = Number.POSITIVE_INFINITY;
  expect((await tail.look(10)).map(({ timestamp }) => timestamp)).toEqual([1, 2, 100_000]);
});

test('whatever comes within a minute of its time is given once, however it is spread over looks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(59_999), { maxLength: 6 }), { maxLength: 12 }),
      async (looks) => {
        const log = new Log();
        const tail = log.tail(0);
        const given: string[] = [];
        for (const [at, ages] of looks.entries()) {
          // Each look is ten seconds on; a line comes up to a minute after its time.
          const now = 100_000 + at * 10_000;
          log.lines.push(...ages.map((age, index) => line(now - age, `${at}-${index}`)));
          given.push(...(await tail.look(1_000)).map(({ id }) => id));
        }
        expect(given.sort()).toEqual(log.lines.map(({ id }) => id).sort());
      },
    ),
    { numRuns: 100 },
  );
});
