import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOrTemporary, type TemporaryFolder } from '../temporary-folder.ts';

/** One mail or text message. */
export interface Letter {
  /** Address or phone number. */
  readonly to: string;
  /** Null for a text message, which has none. */
  readonly subject: string | null;
  readonly body: string;
  readonly messageId: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Distinguishes the subscribers of one message. */
  readonly recipient: string;
}

/** Where mail and text messages go instead of out: a file for each, `mail/TIME-MESSAGE-RECIPIENT.eml` or `.sms`. */
export interface Mailbox {
  /** On disk when it returns, with the file's path. The same letter twice is one file. */
  put(letter: Letter): string;
  /** Removes a temporary mailbox. */
  close(): void;
}

/** Files kept; the oldest go. */
const KEPT = 1_000;

/** @param folder of the service; null: a temporary one, made with the first letter */
export function openMailbox(folder: string | null): Mailbox {
  let home: TemporaryFolder | undefined;
  let names: string[] | undefined;

  function open(): string {
    home ??= folderOrTemporary(folder);
    const mail = join(home.path, 'mail');
    mkdirSync(mail, { recursive: true });
    names ??= readdirSync(mail)
      .filter((name) => /\.(?:eml|sms)$/.test(name))
      .sort();
    return mail;
  }

  return {
    put(letter) {
      const mail = open();
      const name = fileName(letter);
      const path = join(mail, name);
      writeFileSync(`${path}.new`, text(letter));
      renameSync(`${path}.new`, path);
      if (names?.includes(name) === false) names.push(name);
      while (names !== undefined && names.length > KEPT) rmSync(join(mail, names.shift()!), { force: true });
      return path;
    },
    close() {
      home?.remove();
    },
  };
}

/** Of nothing that a client chose: letters and digits only, in the order of time. */
function fileName({ timestamp, messageId, recipient, subject }: Letter): string {
  const time = new Date(timestamp).toISOString().replace(/[:.]/g, '-');
  return `${time}-${messageId}-${recipient}.${subject === null ? 'sms' : 'eml'}`;
}

/** Headers as in Internet mail, so that a mail program opens it. Addresses and subjects were checked to be one line. */
function text({ to, subject, body, messageId, timestamp }: Letter): string {
  const headers = [
    `From: AWS Notifications <no-reply@sns.amazonaws.com>`,
    `To: ${to}`,
    ...(subject === null ? [] : [`Subject: ${subject}`]),
    `Date: ${new Date(timestamp).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}@sns.local>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: 8bit',
  ];
  return `${headers.join('\n')}\n\n${body}\n`;
}
