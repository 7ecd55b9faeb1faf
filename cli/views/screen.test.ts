import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { type Host, openScreen, type Terminal } from './screen.ts';

const TAKEN = '\u001b[?1049h\u001b[?7l\u001b[?25l\u001b[2J';
const GIVEN_BACK = '\u001b[?25h\u001b[?7h\u001b[?1049l';

class FakeTerminal extends EventEmitter implements Terminal {
  columns = 80;
  rows = 24;
  written = '';
  write(text: string) {
    this.written += text;
  }
  /** What was written since the last look. */
  look(): string {
    const text = this.written;
    this.written = '';
    return text;
  }
}

class FakeHost extends EventEmitter implements Host {
  readonly pid = 4711;
  readonly killed: [number, string][] = [];
  readonly platform: string;
  constructor(platform = 'linux') {
    super();
    this.platform = platform;
  }
  kill(pid: number, signal: string) {
    this.killed.push([pid, signal]);
  }
}

function open(host = new FakeHost()) {
  const terminal = new FakeTerminal();
  let changes = 0;
  const screen = openScreen(terminal, host, () => changes++);
  return { terminal, host, screen, changes: () => changes };
}

describe('a screen', () => {
  test('takes the terminal over, and gives it back', () => {
    const { terminal, screen } = open();
    expect(terminal.look()).toBe(TAKEN);
    screen.close();
    expect(terminal.look()).toBe(GIVEN_BACK);
  });

  test('clears each line before it is written, for a line as wide as the screen leaves the cursor on it', () => {
    const { terminal, screen } = open();
    terminal.look();
    screen.draw(['one', 'two']);
    expect(terminal.look()).toBe('\u001b[H\u001b[Kone\r\n\u001b[Ktwo\u001b[J');
  });

  test('writes nothing while nothing changes, but for now and then', () => {
    const { terminal, screen } = open();
    terminal.look();
    screen.draw(['same']);
    terminal.look();
    let writes = 0;
    for (let i = 0; i < 100; i++) {
      screen.draw(['same']);
      if (terminal.look() !== '') writes++;
    }
    expect(writes).toBeGreaterThan(0);
    expect(writes).toBeLessThanOrEqual(10);
  });

  test('is drawn anew when its size changes', () => {
    const { terminal, screen, changes } = open();
    screen.draw(['same']);
    terminal.look();
    terminal.columns = 40;
    terminal.rows = 10;
    terminal.emit('resize');
    expect(changes()).toBe(1);
    expect(screen.size()).toEqual({ columns: 40, rows: 10 });
    screen.draw(['same']);
    expect(terminal.look()).toContain('same');
  });

  test('has a usual size where the terminal tells none', () => {
    const { terminal, screen } = open();
    terminal.columns = 0;
    terminal.rows = 0;
    expect(screen.size()).toEqual({ columns: 80, rows: 24 });
  });

  test('is given back when the process exits, whatever the reason', () => {
    const { terminal, host } = open();
    terminal.look();
    host.emit('exit');
    expect(terminal.look()).toBe(GIVEN_BACK);
    host.emit('exit');
    expect(terminal.look()).toBe('');
  });

  test('is given back while the process is stopped by Ctrl-Z', () => {
    const { terminal, host, screen, changes } = open();
    terminal.look();
    host.emit('SIGTSTP');
    expect(terminal.look()).toBe(GIVEN_BACK);
    expect(host.killed).toEqual([[4711, 'SIGSTOP']]);
    screen.draw(['unseen']);
    terminal.emit('resize');
    expect(terminal.look()).toBe('');
    host.emit('SIGCONT');
    expect(terminal.look()).toBe(TAKEN);
    expect(changes()).toBe(1);
  });

  test('closed, it draws nothing and listens to nothing', () => {
    const { terminal, host, screen } = open();
    screen.close();
    terminal.look();
    screen.close();
    screen.draw(['late']);
    host.emit('SIGCONT');
    terminal.emit('resize');
    expect(terminal.look()).toBe('');
    expect([...host.eventNames(), ...terminal.eventNames()]).toEqual([]);
  });

  test('asks Windows for no signals that it does not have', () => {
    const { host } = open(new FakeHost('win32'));
    expect(host.eventNames()).toEqual(['exit']);
  });
});
