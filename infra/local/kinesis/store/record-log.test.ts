import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WildRydesError } from '../../../../telemetry/errors.ts';
import { temporaryFolder } from '../fixture.ts';
import { arrivalOf, dataStart, FRAME_HEADER } from './frame.ts';
import { type LogOptions, RecordLog } from './record-log.ts';

interface Record {
  readonly arrival: number;
  readonly key: string;
  readonly data: string;
}

function newLog(options: Partial<LogOptions> = {}) {
  const logged: string[] = [];
  const all: LogOptions = {
    folder: join(temporaryFolder(), 'shardId-000000000000'),
    segmentBytes: 64 * 1024 * 1024,
    tailBytes: 4 * 1024 * 1024,
    write: writeSync,
    log: (line) => logged.push(line),
    ...options,
  };
  RecordLog.create(all.folder);
  return { log: RecordLog.open(all), options: all, logged };
}

function append(log: RecordLog, records: readonly Record[]): number {
  for (const { arrival, key, data } of records) {
    expect(log.stage(arrival, key, Buffer.from(data).toString('base64'))).toBe(
      Buffer.byteLength(key) + Buffer.byteLength(data),
    );
  }
  return log.commit();
}

function read(log: RecordLog, from = 0, most = Number.POSITIVE_INFINITY): Record[] {
  const records: Record[] = [];
  if (most === 0) return records;
  let expected = Math.max(from, log.first);
  log.scan(from, (buffer, at, length, index) => {
    expect(index).toBe(expected++);
    const data = dataStart(buffer, at);
    records.push({
      arrival: arrivalOf(buffer, at),
      key: buffer.toString('utf8', at + FRAME_HEADER, data),
      data: buffer.toString('utf8', data, at + length),
    });
    return records.length < most;
  });
  return records;
}

function files(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof WildRydesError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

/** UTF-8 has no lone surrogates. */
const asStored = (text: string): string => Buffer.from(text).toString();

const record = (i: number, length = 0): Record => ({
  arrival: 1000 + i,
  key: `Unicorn-${i}`,
  data: `${i} ${'x'.repeat(length)}`,
});

test('keeps what was appended, in order, whatever is done in between', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 40, unit: 'binary' }),
    fc.constant(''),
    fc.string({ minLength: 100, maxLength: 400 }),
  );
  const batch = fc.array(fc.record({ key: text, data: text, later: fc.nat(3) }), {
    minLength: 1,
    maxLength: 6,
  });
  const command = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), batch }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('abandon' as const), batch }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('read' as const), from: fc.nat(1000), most: fc.nat(20) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('seek' as const), at: fc.nat(1000) }) },
    { weight: 2, arbitrary: fc.constant({ do: 'reopen' as const }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('tear' as const), cut: fc.nat(1000) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), before: fc.nat(1000) }) },
  );
  fc.assert(
    fc.property(
      fc.array(command, { maxLength: 30 }),
      fc.constantFrom(1, 300, 100_000),
      fc.constantFrom(0, 400, 100_000),
      (commands, segmentBytes, tailBytes) => {
        const { log: opened, options } = newLog({ segmentBytes, tailBytes });
        let log = opened;
        let time = 0;
        const model: Record[] = [];
        let sizes: number[] = [];
        for (const step of commands) {
          switch (step.do) {
            case 'append':
            case 'abandon': {
              const records = step.batch.map(({ key, data, later }) => {
                time += later;
                return { key: asStored(key), data: asStored(data), arrival: time };
              });
              if (step.do === 'abandon') {
                for (const { arrival, key, data } of records) {
                  log.stage(arrival, key, Buffer.from(data).toString('base64'));
                }
                log.rollback();
              } else {
                expect(append(log, records)).toBe(model.length);
                model.push(...records);
                sizes = records.map(
                  ({ key, data }) => FRAME_HEADER + Buffer.byteLength(key) + Buffer.byteLength(data),
                );
              }
              break;
            }
            case 'read': {
              const from = step.from % (model.length + 2);
              expect(read(log, from, step.most)).toEqual(
                model.slice(Math.max(from, log.first), Math.max(from, log.first) + step.most),
              );
              break;
            }
            case 'seek': {
              const at = step.at % (time + 2);
              const found = model.findIndex(({ arrival }, i) => i >= log.first && arrival >= at);
              expect(log.indexAtTime(at)).toBe(found < 0 ? model.length : found);
              break;
            }
            case 'reopen':
              log.close();
              log = RecordLog.open(options);
              break;
            case 'tear': {
              // As if the process had ended in the middle of the last write.
              log.close();
              const last = files(options.folder).at(-1)!;
              const written = sizes.reduce((sum, size) => sum + size, 0);
              if (sizes.length > 0 && statSync(last).size >= written) {
                let kept = step.cut % (written + 1);
                truncateSync(last, statSync(last).size - written + kept);
                const whole = sizes.findIndex((size) => {
                  kept -= size;
                  return kept < 0;
                });
                if (whole >= 0) model.length -= sizes.length - whole;
              }
              sizes = [];
              log = RecordLog.open(options);
              expect(log.next).toBe(model.length);
              break;
            }
            case 'drop': {
              const before = step.before % (model.length + 1);
              const first = log.first;
              log.dropBefore(before);
              expect(log.first).toBeGreaterThanOrEqual(first);
              expect(log.first).toBeLessThanOrEqual(Math.max(first, before));
              sizes = [];
              break;
            }
          }
          expect(log.next).toBe(model.length);
          expect(log.bytes).toBe(files(options.folder).reduce((sum, file) => sum + statSync(file).size, 0));
        }
        expect(read(log)).toEqual(model.slice(log.first));
        log.close();
      },
    ),
    { numRuns: 150 },
  );
});

test('finds any place in large segments, of this process and of an earlier one', () => {
  const { log, options } = newLog({ segmentBytes: 150_000, tailBytes: 50_000 });
  const model = Array.from({ length: 3000 }, (_, i) => ({ ...record(i, 150), arrival: 1000 + 2 * i }));
  for (let i = 0; i < model.length; i += 100) append(log, model.slice(i, i + 100));
  expect(files(options.folder).length).toBeGreaterThan(3);
  const check = (opened: RecordLog): void => {
    fc.assert(
      fc.property(fc.nat(model.length), fc.nat(5), (from, most) => {
        expect(read(opened, from, most)).toEqual(model.slice(from, from + most));
        expect(opened.indexAtTime(999 + 2 * from)).toBe(from);
      }),
      { numRuns: 60 },
    );
  };
  check(log);
  log.close();
  const reopened = RecordLog.open(options);
  check(reopened);
  reopened.close();
});

test('cuts a torn write off at whatever byte it ends, says so, and goes on', () => {
  const { log, options, logged } = newLog();
  append(log, [record(0), record(1)]);
  const [file] = files(options.folder) as [string];
  const before = statSync(file).size;
  append(log, [record(2)]);
  log.close();
  const whole = readFileSync(file);
  for (let size = before; size < whole.length; size++) {
    writeFileSync(file, whole.subarray(0, size));
    logged.length = 0;
    const torn = RecordLog.open(options);
    expect(read(torn)).toEqual([record(0), record(1)]);
    expect(statSync(file).size).toBe(before);
    expect(logged).toEqual(
      size === before
        ? []
        : [`kinesis: cut ${size - before} bytes of an unfinished write off ${file} at ${before}`],
    );
    expect(append(torn, [record(3)])).toBe(2);
    torn.close();
    const again = RecordLog.open(options);
    expect(read(again)).toEqual([record(0), record(1), record(3)]);
    again.close();
  }
});

test('cuts a torn write off that was the first of its segment, and still knows when the newest record came', () => {
  const { log, options } = newLog({ segmentBytes: 1 });
  append(log, [record(0)]);
  append(log, [record(1)]);
  log.close();
  const last = files(options.folder).at(-1)!;
  truncateSync(last, statSync(last).size - 1);
  const torn = RecordLog.open(options);
  expect([torn.next, torn.lastArrival]).toEqual([1, record(0).arrival]);
  // Without it everything would count as older than any time, and expire.
  expect(torn.indexAtTime(0)).toBe(0);
  expect(append(torn, [record(2)])).toBe(1);
  expect(read(torn)).toEqual([record(0), record(2)]);
  torn.close();
});

test('refuses a log of which any one byte has changed, naming file and offset', () => {
  const { log, options } = newLog();
  append(log, [record(0), record(1), record(2)]);
  log.close();
  const [file] = files(options.folder) as [string];
  const whole = readFileSync(file);
  const frame = whole.length / 3;
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 1 << (at % 8);
    writeFileSync(file, damaged);
    const start = Math.floor(at / frame) * frame;
    expect(refusal(() => RecordLog.open(options))).toMatch(
      `STATE_CORRUPT: ${file} is damaged at byte ${start}: `,
    );
    expect(readFileSync(file)).toEqual(damaged);
  }
});

test('opens with a damaged older segment, and says so where it is read', () => {
  const { log, options } = newLog({ segmentBytes: 1, tailBytes: 0 });
  for (let i = 0; i < 4; i++) append(log, [record(i)]);
  log.close();
  const second = files(options.folder)[1]!;
  const bytes = readFileSync(second);
  bytes[bytes.length - 1]! ^= 0x40;
  writeFileSync(second, bytes);
  const opened = RecordLog.open(options);
  expect(read(opened, 0, 1)).toEqual([record(0)]);
  expect(refusal(() => read(opened))).toMatch(`STATE_CORRUPT: ${second} is damaged at byte 0: `);
  expect(read(opened, 2)).toEqual([record(2), record(3)]);
  expect(append(opened, [record(4)])).toBe(4);
  opened.close();
});

test('misses a segment, or the end of one', () => {
  const { log, options } = newLog({ segmentBytes: 1, tailBytes: 0 });
  for (let i = 0; i < 3; i++) append(log, [record(i)]);
  log.close();
  const [first, second] = files(options.folder) as [string, string];
  truncateSync(first, statSync(first).size - 1);
  truncateSync(second, 0);
  const opened = RecordLog.open(options);
  expect(refusal(() => read(opened))).toMatch(
    `STATE_CORRUPT: ${first} is damaged at byte 0: it ends with record -1`,
  );
  expect(refusal(() => read(opened, 1))).toMatch(`${second} is damaged at byte 0: it ends with record 0`);
  opened.close();
});

test('has no records folder, or an empty one', () => {
  const { log, options } = newLog();
  log.close();
  expect(refusal(() => RecordLog.open({ ...options, folder: join(options.folder, 'no') }))).toMatch(
    'STATE_CORRUPT',
  );
  expect(refusal(() => RecordLog.open({ ...options, folder: temporaryFolder() }))).toMatch('are missing');
});

test.each([
  ['fails at once', 0],
  ['fails half way', 30],
])('takes a batch back whole when its write %s, and writes again', (_, partial) => {
  let failing = 0;
  const { log, options } = newLog({
    segmentBytes: 200,
    write(fd, buffer, offset, length, position) {
      if (failing === 0) return writeSync(fd, buffer, offset, length, position);
      if (failing-- === 2 && partial > 0) return writeSync(fd, buffer, offset, partial, position);
      failing = 0;
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    },
  });
  const model: Record[] = [];
  for (let i = 0; i < 6; i++) {
    const bytes = log.bytes;
    failing = 2;
    expect(refusal(() => append(log, [record(100), record(101)]))).toBe(
      `STATE_UNUSABLE: cannot append to ${options.folder}: ENOSPC: no space left on device, write`,
    );
    expect(log.bytes).toBe(bytes);
    expect(files(options.folder).reduce((sum, file) => sum + statSync(file).size, 0)).toBe(bytes);
    expect(read(log)).toEqual(model);
    expect(append(log, [record(i)])).toBe(i);
    model.push(record(i));
    expect(read(log)).toEqual(model);
  }
  log.close();
  const reopened = RecordLog.open(options);
  expect(read(reopened)).toEqual(model);
  reopened.close();
});

test('writes nothing more while what a failed write left cannot be cut off', () => {
  let mode: 'good' | 'lost' = 'good';
  const { log, options, logged } = newLog({
    write(fd, buffer, offset, length, position) {
      if (mode === 'good') return writeSync(fd, buffer, offset, length, position);
      writeSync(fd, buffer, offset, length - 1, position);
      closeSync(fd); // the file is gone from under the log: it can be neither written nor cut
      throw new Error('EIO');
    },
  });
  append(log, [record(0)]);
  mode = 'lost';
  expect(refusal(() => append(log, [record(1)]))).toMatch('EIO');
  expect(logged.join()).toMatch('cannot cut');
  mode = 'good';
  expect(refusal(() => append(log, [record(2)]))).toMatch('STATE_UNUSABLE');
  expect(log.next).toBe(1);
  // Another process finds the torn write, and only that.
  expect(read(RecordLog.open(options))).toEqual([record(0)]);
});

test('writes a shorter batch only when what a failed write left is cut off before it', () => {
  let failing = false;
  let lost: number | undefined;
  const { log, options } = newLog({
    write(fd, buffer, offset, length, position) {
      const [file] = files(options.folder) as [string];
      if (failing) {
        writeSync(fd, buffer, offset, length - 1, position);
        // The log's file can be read only from now on: nothing can be cut off it.
        closeSync(fd);
        lost = openSync(file, 'r');
        expect(lost).toBe(fd);
        throw new Error('EIO');
      }
      if (lost === undefined) return writeSync(fd, buffer, offset, length, position);
      const own = openSync(file, 'r+');
      const written = writeSync(own, buffer, offset, length, position);
      closeSync(own);
      return written;
    },
  });
  append(log, [record(0)]);
  failing = true;
  expect(refusal(() => append(log, [record(1, 100)]))).toMatch('EIO');
  failing = false;
  expect(refusal(() => append(log, [record(2)]))).toMatch('STATE_UNUSABLE');
  log.closeFiles();
  expect(append(log, [record(3)])).toBe(1);
  expect(read(RecordLog.open(options))).toEqual([record(0), record(3)]);
  log.close();
});

test('takes base64 as AWS does, and nothing else', () => {
  const { log } = newLog();
  const isBase64 = (text: string): boolean => Buffer.from(text, 'base64').toString('base64') === text;
  const alphabet = 'ABCDQRSTZabz0159+/===-_ \n*é';
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...alphabet), { maxLength: 9 }), (characters) => {
      const text = characters.join('');
      expect(log.stage(0, 'k', text) >= 0).toBe(isBase64(text));
    }),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), (bytes) => {
      expect(log.stage(0, 'k', Buffer.from(bytes).toString('base64'))).toBe(bytes.length + 1);
    }),
  );
  log.close();
});

test('keeps a bounded part of the newest in memory, and finds it there', () => {
  const { log, options } = newLog({ tailBytes: 2000 });
  const model = Array.from({ length: 200 }, (_, i) => record(i, i));
  for (let i = 0; i < 200; i += 4) append(log, model.slice(i, i + 4));
  const [file] = files(options.folder) as [string];
  const whole = readFileSync(file);
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(1000), 0, 1000, whole.length - 1000);
  closeSync(fd);
  expect(read(log, 198)).toEqual(model.slice(198));
  expect(refusal(() => read(log, 100))).toMatch('STATE_CORRUPT');
  log.close();
});

test('takes batches far larger than the memory it keeps', () => {
  const { log } = newLog({ tailBytes: 1000 });
  const large = Array.from({ length: 40 }, (_, i) => record(i, 50_000));
  append(log, large);
  append(log, [record(40)]);
  expect(read(log)).toEqual([...large, record(40)]);
  log.close();
});
