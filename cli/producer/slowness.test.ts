import { expect, test } from 'vitest';
import { createSlowness } from './slowness.ts';

function slowness() {
  const notices: string[] = [];
  let now = 0;
  const tells = createSlowness({ notice: (text) => void notices.push(text) }, () => now);
  return { tells, notices, pass: (milliseconds: number) => (now += milliseconds) };
}

test('what is slow is told at once, then rarely', () => {
  const { tells, notices, pass } = slowness();
  for (let i = 0; i < 1_000; i++) {
    tells.waiting();
    pass(100);
  }
  expect(notices).toHaveLength(4);
  expect(new Set(notices)).toEqual(new Set(['slowing down: the stream takes records slower than they come']));
});

test('each cause has its words', () => {
  for (const cause of ['waiting', 'unread', 'lost'] as const) {
    const { tells, notices } = slowness();
    tells[cause](1);
    expect(notices).toEqual([expect.stringMatching(/^slowing down: /)]);
  }
});

test('what was lost and not told is told at the end, in all', () => {
  const { tells, notices } = slowness();
  tells.lost(1_000);
  tells.lost(1_500);
  tells.end();
  expect(notices).toHaveLength(2);
  expect(notices[1]).toBe('the run went slower than asked: 2.5 s behind its schedule in all');
});

test('that the clock was set back is told, with how long that takes', () => {
  const { tells, notices } = slowness();
  tells.setBack(600_001);
  expect(notices).toEqual([expect.stringMatching(/set back.* due in 601 s$/)]);
});

test('nothing is said at the end of a run that kept its schedule, or when all was told', () => {
  const { tells, notices } = slowness();
  tells.end();
  expect(notices).toEqual([]);
  tells.lost(1_000);
  tells.end();
  expect(notices).toHaveLength(1);
});
