import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/kit.ts';
import { boundedLog } from './bounded-log.ts';

test('a line each, with its time, after what is there already', () => {
  const file = join(temporaryFolder(), 'log');
  appendFileSync(file, 'before\n');
  const log = boundedLog(file);
  log('first');
  log('second');
  expect(readFileSync(file, 'utf8')).toMatch(/^before\n\d{4}-\S+Z first\n\d{4}-\S+Z second\n$/);
});

test('never grows beyond its limit, but for the line that fills it, and keeps what came last', () => {
  const file = join(temporaryFolder(), 'log');
  const log = boundedLog(file, 10_000);
  for (let line = 0; line < 5_000; line++) {
    log(`line ${line}`);
    expect(statSync(file).size).toBeLessThan(10_100);
  }
  const kept = readFileSync(`${file}.1`, 'utf8') + readFileSync(file, 'utf8');
  const numbers = [...kept.matchAll(/line (\d+)\n/g)].map(([, number]) => Number(number));
  expect(numbers.length).toBeGreaterThan(300);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 5_000 - numbers.length + i));
});

test('whoever else appends goes on in the same file', () => {
  const file = join(temporaryFolder(), 'log');
  const log = boundedLog(file, 100);
  for (let line = 0; line < 10; line++) log(`line ${line}`);
  appendFileSync(file, 'from elsewhere\n');
  log('after');
  const kept = readFileSync(`${file}.1`, 'utf8') + readFileSync(file, 'utf8');
  expect(kept).toMatch(/from elsewhere\n(.*\n)*.* after\n$/);
});

test('a file that cannot be written is told', () => {
  expect(() => boundedLog(join(temporaryFolder(), 'missing', 'log'))).toThrow(
    expect.objectContaining({ code: 'STATE_UNUSABLE' }),
  );
});
