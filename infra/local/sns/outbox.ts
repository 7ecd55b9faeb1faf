import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDocuments } from '../documents.ts';
import type { Message } from './message.ts';

/** A message, and who is still to get it. */
export interface Outgoing {
  readonly message: Message;
  /** Ids of subscriptions. */
  readonly to: readonly string[];
}

/**
 * Messages that not all of their subscribers have, a file for each, so that what was published before the end of a
 * process is delivered by the next one. One file for all would be written whole for each of them.
 */
export interface Outbox {
  /** What an earlier process left. */
  readonly left: readonly Outgoing[];
  /** How many there are. */
  readonly size: number;
  /** On disk when it returns. */
  keep(outgoing: Outgoing): void;
  /** A subscriber has the message, or never will. */
  settle(messageId: string, id: string): void;
}

const FILE = /^[0-9a-f-]{36}\.json$/;

/**
 * @param folder created if missing; null: in memory
 * @throws WildRydesError STATE_CORRUPT when a message cannot be read back
 */
export function openOutbox(folder: string | null): Outbox {
  const messages = new Map<string, Outgoing>();

  const documentOf = (messageId: string) =>
    openDocuments<Outgoing>({
      file: folder === null ? null : join(folder, `${messageId}.json`),
      what: 'messages to be delivered',
    });

  if (folder !== null) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      if (!FILE.test(name)) continue;
      const [left] = documentOf(name.slice(0, -'.json'.length)).all();
      if (left !== undefined) messages.set(left.message.messageId, left);
    }
  }

  function keep(outgoing: Outgoing): void {
    const { messageId } = outgoing.message;
    if (folder !== null) documentOf(messageId).put(messageId, outgoing);
    messages.set(messageId, outgoing);
  }

  return {
    left: [...messages.values()],
    get size() {
      return messages.size;
    },
    keep,
    settle(messageId, id) {
      const outgoing = messages.get(messageId);
      if (outgoing === undefined) return;
      const to = outgoing.to.filter((other) => other !== id);
      if (to.length > 0) return keep({ ...outgoing, to });
      messages.delete(messageId);
      if (folder !== null) rmSync(join(folder, `${messageId}.json`), { force: true });
    },
  };
}
