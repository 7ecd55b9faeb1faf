import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { onInterrupt, whenAborted } from './interrupt.ts';

class FakeProcess extends EventEmitter {
  readonly stdout = new EventEmitter();
  readonly exits: number[] = [];
  exit(status: number) {
    this.exits.push(status);
  }
}

function interruptible() {
  const host = new FakeProcess();
  let now = 0;
  const interrupt = onInterrupt(host, () => now);
  return { host, interrupt, pass: (milliseconds: number) => (now += milliseconds) };
}

test.each(['SIGINT', 'SIGTERM'])('%s once asks to finish, twice leaves at once with 130', (signal) => {
  const { host, interrupt, pass } = interruptible();
  expect(interrupt.signal.aborted).toBe(false);
  host.emit(signal);
  expect(interrupt.signal.aborted).toBe(true);
  expect(host.exits).toEqual([]);
  pass(1_000);
  host.emit('SIGINT');
  expect(host.exits).toEqual([130]);
});

test('a signal that is passed on as well, as npm does, counts once', () => {
  const { host, interrupt, pass } = interruptible();
  host.emit('SIGINT');
  pass(20);
  host.emit('SIGINT');
  host.emit('SIGTERM');
  expect(interrupt.signal.aborted).toBe(true);
  expect(host.exits).toEqual([]);
  pass(200);
  host.emit('SIGINT');
  expect(host.exits).toEqual([130]);
});

test('a broken output pipe asks to finish, and a Ctrl-C after it does not yet leave', () => {
  const { host, interrupt, pass } = interruptible();
  host.stdout.emit('error', Object.assign(new Error('broken'), { code: 'EPIPE' }));
  expect(interrupt.signal.aborted).toBe(true);
  pass(1_000);
  host.emit('SIGINT');
  expect(host.exits).toEqual([]);
  pass(1_000);
  host.emit('SIGINT');
  expect(host.exits).toEqual([130]);
});

test('so does a request from elsewhere', async () => {
  const { interrupt } = interruptible();
  const aborted = whenAborted(interrupt.signal);
  interrupt.request();
  await aborted;
  await whenAborted(interrupt.signal);
});

test('released, it listens to nothing', () => {
  const { host, interrupt } = interruptible();
  interrupt.release();
  expect([...host.eventNames(), ...host.stdout.eventNames()]).toEqual([]);
});
