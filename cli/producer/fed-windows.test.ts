import { describe, expect, test } from 'vitest';
import { FedWindows } from './fed-windows.ts';

const NINE = Date.UTC(2026, 4, 1, 9, 0);
const MINUTE = 60_000;

describe('windows that a run has fed', () => {
  test('a window is awaited only once the watermark has reached its end', () => {
    const windows = new FedWindows();
    windows.fed('Rocinante', '2026-05-01 09:00:59.999');
    expect([...windows.closed(NINE + MINUTE - 1)]).toEqual([]);
    expect([...windows.closed(NINE + MINUTE)]).toEqual([{ minute: NINE, names: ['Rocinante'] }]);
  });

  test('closed windows come oldest first, with every unicorn that fed them', () => {
    const windows = new FedWindows();
    windows.fed('B', '2026-05-01 09:01:00.000');
    windows.fed('A', '2026-05-01 09:00:00.000');
    windows.fed('C', '2026-05-01 09:00:30.000');
    windows.fed('C', '2026-05-01 09:00:31.000');
    expect([...windows.closed(NINE + 2 * MINUTE)]).toEqual([
      { minute: NINE, names: ['A', 'C'] },
      { minute: NINE + MINUTE, names: ['B'] },
    ]);
    expect(windows.pending).toBe(3);
  });

  test('a window is stored once, however often it is found or fed again', () => {
    const windows = new FedWindows();
    windows.fed('A', '2026-05-01 09:00:00.000');
    expect(windows.found('A', '2026-05-01 09:00:00.000')).toBe(true);
    expect(windows.found('A', '2026-05-01 09:00:00.000')).toBe(false);
    windows.fed('A', '2026-05-01 09:00:10.000');
    expect(windows.stored).toBe(1);
    expect(windows.pending).toBe(0);
    windows.fed('A', '2026-05-01 09:01:00.000');
    windows.fed('A', '2026-05-01 09:00:20.000');
    expect(windows.pending).toBe(1);
  });

  test('what was never fed is not found', () => {
    expect(new FedWindows().found('A', '2026-05-01 09:00:00.000')).toBe(false);
  });
});
