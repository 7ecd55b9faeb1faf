import type { Writable } from 'node:stream';
import type { Notification } from './api.ts';

/** Bytes that a listener may leave unread before it is cut off. */
const UNREAD_AT_MOST = 4 * 1024 * 1024;

/** Passes each published message on to whoever listens now, a line of JSON for each. */
export interface NotificationFeed {
  add(lines: Writable): void;
  publish(notification: Notification): void;
  /** Ends every listener's answer. */
  close(): void;
}

export function createNotificationFeed(): NotificationFeed {
  const listeners = new Set<Writable>();
  return {
    add(lines) {
      listeners.add(lines);
      lines.on('close', () => listeners.delete(lines));
    },
    publish(notification) {
      const line = `${JSON.stringify(notification)}\n`;
      for (const lines of listeners) {
        if (lines.writableLength > UNREAD_AT_MOST) lines.destroy();
        else lines.write(line);
      }
    },
    close() {
      for (const lines of listeners) lines.end();
    },
  };
}
