import type { Writable } from 'node:stream';

/**
 * Writes text to a stream, joined: what comes in one turn of the event loop goes out in one write. A fleet's readings are
 * acknowledged by the hundred, and a system call for each would take longer than to make them.
 */
export function joinedWriter(stream: Writable): (text: string) => void {
  let waiting = '';
  const write = () => {
    const text = waiting;
    waiting = '';
    stream.write(text);
  };
  return (text) => {
    if (waiting === '') queueMicrotask(write);
    waiting += text;
  };
}

/**
 * Whether a stream's reader keeps up: undefined while it does, else a promise that resolves when it has, or when the
 * signal aborts, for a reader that is gone never does. Whoever waits for it keeps what is unread bounded.
 */
export function unread(stream: Writable, signal: AbortSignal): Promise<void> | undefined {
  if (!stream.writableNeedDrain || signal.aborted) return undefined;
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    stream.on('drain', done);
    signal.addEventListener('abort', done);
  });
}
