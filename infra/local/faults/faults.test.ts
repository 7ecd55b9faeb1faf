import { afterEach, describe, expect, test, vi } from 'vitest';
import { FAULT_KINDS, readFaultRequest } from './fault.ts';
import { createFaults } from './faults.ts';

afterEach(() => void vi.useRealTimers());

describe('faults', () => {
  test('end after so many times', () => {
    let changes = 0;
    const faults = createFaults(
      () => 0,
      () => changes++,
    );
    faults.add({ kind: 'fail-function', target: 'f', count: 2 });
    const fault = faults.find('fail-function', 'f')!;
    expect(fault.happens()).toBe(true);
    expect(faults.list()).toEqual([{ id: 1, kind: 'fail-function', target: 'f', count: 2, happened: 1 }]);
    expect([fault.happens(), fault.happens()]).toEqual([true, false]);
    expect(faults.find('fail-function', 'f')).toBeUndefined();
    expect(changes).toBe(2);
  });

  test('end after so long', () => {
    vi.useFakeTimers();
    const faults = createFaults(
      () => 0,
      () => {},
    );
    faults.add({ kind: 'fail-function', target: 'f', seconds: 30 });
    vi.advanceTimersByTime(29_999);
    expect(faults.any(['fail-function'])).toBe(true);
    vi.advanceTimersByTime(1);
    expect(faults.any(['fail-function'])).toBe(false);
  });

  test('happen to a share', () => {
    let next = 0;
    const faults = createFaults(
      () => (next++ % 10) / 10,
      () => {},
    );
    faults.add({ kind: 'fail-function', target: 'f', share: 0.3, seconds: 60 });
    const fault = faults.find('fail-function', 'f')!;
    expect(Array.from({ length: 100 }, () => fault.happens()).filter(Boolean)).toHaveLength(30);
    faults.close();
  });

  test('are ended by their number, or all', () => {
    const faults = createFaults(
      () => 0,
      () => {},
    );
    const first = faults.add({ kind: 'fail-function', target: 'f', count: 1 });
    faults.add({ kind: 'fail-publish', target: 't', count: 1 });
    expect([faults.end(first.id), faults.end(first.id), faults.end()]).toEqual([1, 0, 1]);
    expect(faults.list()).toEqual([]);
  });
});

describe('a request for a fault', () => {
  test('is read as it is meant', () => {
    const whole = {
      kind: 'throttle-shard',
      target: 's',
      shard: 'shardId-000000000001',
      share: 0.5,
      count: 3,
      seconds: 1.5,
    };
    expect(readFaultRequest({ ...whole, more: 1 })).toEqual(whole);
    for (const kind of Object.keys(FAULT_KINDS)) {
      expect(readFaultRequest({ kind, target: 't', count: 1 })).toEqual({ kind, target: 't', count: 1 });
    }
  });

  test.each<[unknown, string]>([
    [null, 'must be a JSON object'],
    [{ kind: 'constructor', target: 't', count: 1 }, 'kind must be one of throttle-shard, '],
    [{ kind: 'fail-publish', count: 1 }, 'must name its topic (given undefined)'],
    [{ kind: 'fail-publish', target: 't', delay: 5, count: 1 }, 'has no delay'],
    [
      { kind: 'fail-publish', target: 't', share: 0, count: 1 },
      'share must be a number above 0 to 1 (given 0)',
    ],
    [{ kind: 'fail-publish', target: 't', count: 0 }, 'count must be a number from 1'],
    [
      { kind: 'fail-publish', target: 't', seconds: '5' },
      'seconds must be a number from 0.001 to 86400 (given "5")',
    ],
    [{ kind: 'fail-publish', target: 't' }, 'a fault must end'],
  ])('%j is refused, saying why', (body, message) => {
    expect(() => readFaultRequest(body)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
    );
  });
});
