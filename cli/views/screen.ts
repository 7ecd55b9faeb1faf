/**
 * A terminal that is redrawn in place. It is taken over as a whole (the alternate screen, as editors do), so that a
 * change of its size leaves no rubble, and it is given back on every way out: at the end, at an uncaught error, at
 * `process.exit`, and while the process is stopped by Ctrl-Z.
 */
export interface Screen {
  size(): Size;
  /** Shows these lines and nothing else. Each should be at most as wide as the screen, and there should be no more than fit. */
  draw(lines: readonly string[]): void;
  /** Gives the terminal back as it was. Whatever is drawn after that is not shown. */
  close(): void;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What of a terminal's output stream a screen needs. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/** What of a process a screen needs. */
export interface Host {
  readonly pid: number;
  readonly platform: string;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  kill(pid: number, signal: 'SIGSTOP'): unknown;
}

/** A terminal that does not tell its size is taken to be as large as they all once were. */
const USUAL: Size = { columns: 80, rows: 24 };

// Source of the sequences: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
const ALTERNATE_SCREEN = { on: '\u001b[?1049h', off: '\u001b[?1049l' } as const;
/** Without wrapping, a character that the terminal finds wider than we do cannot push the next line down. */
const WRAPPING = { on: '\u001b[?7h', off: '\u001b[?7l' } as const;
const CURSOR = { on: '\u001b[?25h', off: '\u001b[?25l' } as const;
const CLEAR_SCREEN = '\u001b[2J';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** Draws after which everything is drawn anew even if nothing has changed: something else may have written. */
const ANEW_EVERY = 10;

/**
 * Takes a terminal over.
 *
 * @param changed called when the screen must be drawn at once: its size has changed, or the process goes on after Ctrl-Z
 */
export function openScreen(terminal: Terminal, host: Host, changed: () => void): Screen {
  let drawn = '';
  let draws = 0;
  let taken = false;

  const take = () => {
    taken = true;
    drawn = '';
    terminal.write(ALTERNATE_SCREEN.on + WRAPPING.off + CURSOR.off + CLEAR_SCREEN);
  };
  const giveBack = () => {
    if (!taken) return;
    taken = false;
    terminal.write(CURSOR.on + WRAPPING.on + ALTERNATE_SCREEN.off);
  };
  const resized = () => {
    if (!taken) return;
    drawn = '';
    terminal.write(CLEAR_SCREEN);
    changed();
  };
  const stop = () => {
    giveBack();
    host.kill(host.pid, 'SIGSTOP');
  };
  const goOn = () => {
    take();
    changed();
  };

  const listeners: [string, () => void][] = [['exit', giveBack]];
  if (host.platform !== 'win32') listeners.push(['SIGTSTP', stop], ['SIGCONT', goOn]);
  for (const [event, listener] of listeners) host.on(event, listener);
  terminal.on('resize', resized);
  take();

  return {
    size: () => ({ columns: terminal.columns || USUAL.columns, rows: terminal.rows || USUAL.rows }),
    draw(lines) {
      if (!taken) return;
      // Cleared before it is written: after a line as wide as the screen, the cursor still stands on its last character.
      const text = lines.map((line) => CLEAR_LINE + line).join('\r\n');
      if (text === drawn && ++draws % ANEW_EVERY !== 0) return;
      drawn = text;
      terminal.write(HOME + text + CLEAR_BELOW);
    },
    close() {
      giveBack();
      terminal.off('resize', resized);
      for (const [event, listener] of listeners) host.off(event, listener);
    },
  };
}
