import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { flink, isRunning, OPTIONS, WITHIN } from './fixture.ts';

/** What becomes of the end of a process, and of a stop. */

describe('a process that ends by itself', () => {
  test('is followed by another, that is started as it was, and answers what is asked meanwhile', async () => {
    const {
      process: asked,
      kill,
      log,
      broken,
      calls,
      starts,
      folder,
    } = flink(`
      const hear = (call) => {
        if (nth === 1 || call.call !== 'start') return answer(call);
        // Its start takes as long as it takes.
        const waiting = setInterval(() => {
          if (!fs.existsSync(__dirname + '/go')) return;
          clearInterval(waiting);
          answer(call);
        }, 5);
      };
    `);
    await asked.start(OPTIONS);
    await kill();
    const answers = Promise.all([asked.progress(), asked.caughtUp(), asked.closeWindows()]);
    await expect.poll(calls, WITHIN).toContain('2 start');
    writeFileSync(join(folder, 'go'), '');
    await expect(answers).resolves.toEqual([{ nth: 2 }, null, null]);
    expect(starts()).toEqual([OPTIONS, OPTIONS]);
    expect(calls().slice(0, 2)).toEqual(['1 start', '2 start']);
    expect(log).toEqual([
      'the Flink process ended, though nobody stopped it; another goes on from its last checkpoint',
    ]);
    expect(broken).toEqual([]);
  });

  test('takes no call with it', async () => {
    const { process: asked, calls } = flink(`
      const hear = (call) => (nth < 3 && call.call === 'caughtUp' ? process.exit(1) : answer(call));
    `);
    await asked.start(OPTIONS);
    await expect(asked.caughtUp()).resolves.toBeNull();
    expect(calls()).toEqual(['1 start', '1 caughtUp', '2 start', '2 caughtUp', '3 start', '3 caughtUp']);
  });

  test('has three followers in ten minutes, and no fourth', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { process: asked, kill, broken, until, pids, log } = flink();
    await asked.start(OPTIONS);
    for (let nth = 1; nth <= 3; nth++) {
      await kill();
      await expect(asked.progress()).resolves.toEqual({ nth: nth + 1 });
      vi.advanceTimersByTime(100_000);
    }
    // The first of them is forgotten by now.
    vi.advanceTimersByTime(300_001);
    await kill();
    await expect(asked.progress()).resolves.toEqual({ nth: 5 });
    expect(broken).toEqual([]);
    await kill();
    await until(5);
    expect(broken).toEqual([expect.objectContaining({ message: expect.stringContaining('nobody stopped') })]);
    await expect(asked.progress()).rejects.toThrow('has ended');
    expect(log).toHaveLength(4);
    expect(pids()).toHaveLength(5);
  });

  test('again and again while it starts is told of once', async () => {
    const {
      process: asked,
      kill,
      broken,
      pids,
    } = flink(`const hear = (call) => (nth > 1 ? process.exit(1) : answer(call));`);
    await asked.start(OPTIONS);
    await kill();
    await expect(asked.progress()).rejects.toThrow('nobody stopped it');
    expect({ told: broken.length, started: pids().length }).toEqual({ told: 1, started: 4 });
  });

  test('with a state that the next one cannot use is told of once, and nothing of it is left', async () => {
    const {
      process: asked,
      kill,
      broken,
      pids,
    } = flink(`
      const hear = (call) =>
        nth > 1 && call.call === 'start' ? say({ id: call.id, error: { message: 'no such state' } }) : answer(call);
    `);
    await asked.start(OPTIONS);
    await kill();
    await expect(asked.progress()).rejects.toThrow('flink: no such state');
    await expect.poll(() => pids().filter(isRunning), WITHIN).toEqual([]);
    expect(broken).toEqual([expect.objectContaining({ message: 'flink: no such state' })]);
    await expect(asked.progress()).rejects.toThrow('no such state');
    expect(pids()).toHaveLength(2);
  });
});

describe('a stop', () => {
  test('ends it in good order, whether it was started or not', async () => {
    for (const started of [true, false]) {
      const { process: asked, broken, pids, log, calls } = flink();
      if (started) await asked.start(OPTIONS);
      await asked.stop();
      expect(pids().filter(isRunning)).toEqual([]);
      expect(calls().at(-1)).toBe('1 stop');
      expect({ broken, log, started: pids().length }).toEqual({ broken: [], log: [], started: 1 });
      await expect(asked.progress()).rejects.toThrow('has ended');
    }
  });

  test('that goes wrong says so, and ends it all the same', async () => {
    const { process: asked, pids } = flink(`
      const hear = (call) =>
        call.call === 'stop' ? say({ id: call.id, error: { message: 'the disk is full' } }) : answer(call);
    `);
    await asked.start(OPTIONS);
    await expect(asked.stop()).rejects.toThrow('flink: the disk is full');
    expect(pids().filter(isRunning)).toEqual([]);
  });

  test('waits for a follower to start', async () => {
    const {
      process: asked,
      kill,
      calls,
      broken,
      folder,
      pids,
    } = flink(`
      const hear = (call) => {
        if (nth === 1 || call.call !== 'start') return answer(call);
        const waiting = setInterval(() => {
          if (!fs.existsSync(__dirname + '/go')) return;
          clearInterval(waiting);
          // Long enough that a stop which was sent before would be heard before.
          setTimeout(() => {
            note('calls', '2 {"call":"go"}');
            answer(call);
          }, 200);
        }, 5);
      };
    `);
    await asked.start(OPTIONS);
    await kill();
    await expect.poll(calls, WITHIN).toEqual(['1 start', '2 start']);
    const stopped = asked.stop();
    writeFileSync(join(folder, 'go'), '');
    await stopped;
    expect(calls()).toEqual(['1 start', '2 start', '2 go', '2 stop']);
    expect(pids().filter(isRunning)).toEqual([]);
    expect(broken).toEqual([]);
  });

  test('of a follower that dies meanwhile is a stop', async () => {
    const {
      process: asked,
      kill,
      calls,
      broken,
      pids,
    } = flink(`
      const hear = (call) => (nth === 1 ? answer(call) : undefined);
    `);
    await asked.start(OPTIONS);
    await kill();
    await expect.poll(calls, WITHIN).toContain('2 start');
    const stopped = expect(asked.stop()).rejects.toThrow('has ended');
    process.kill(pids()[1]!, 'SIGKILL');
    await stopped;
    expect({ broken, started: pids().length }).toEqual({ broken: [], started: 2 });
  });

  test.each([
    ['the stop', 1, "call.call === 'stop'"],
    ['the start of a follower', 2, "nth === 2 && call.call === 'start'"],
  ])('for which %s takes too long kills it', async (_, processes, late) => {
    const {
      process: asked,
      kill,
      calls,
      pids,
      broken,
    } = flink(`
      const hear = (call) => (${late} ? undefined : answer(call));
    `);
    await asked.start(OPTIONS);
    if (processes === 2) await kill();
    await expect.poll(calls, WITHIN).toContain(`${processes} start`);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let settled = false;
    const stopped = asked.stop().finally(() => {
      settled = true;
    });
    const refused = expect(stopped).rejects.toThrow('did not stop within 20 s and was killed');
    vi.advanceTimersByTime(19_999);
    expect({ settled, running: pids().filter(isRunning).length }).toEqual({ settled: false, running: 1 });
    vi.advanceTimersByTime(1);
    await expect.poll(() => pids().filter(isRunning), WITHIN).toEqual([]);
    await refused;
    expect(broken).toEqual([]);
  });
});
