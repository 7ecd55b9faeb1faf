import type { Invalid } from '../../telemetry/reading.ts';
import type { Observer } from '../observer.ts';
import type { EventRecord } from '../records.ts';
import { HANDLED, type Verdict } from '../settle.ts';

/** What a record's bytes say, if they are UTF-8. */
export type Text = { readonly ok: true; readonly text: string };

/**
 * Longest text in one line, in UTF-16 units: with every one of them made visible (12 bytes each) it still fits into a
 * log event of 256 KB, the most that CloudWatch Logs took before it took 1 MB.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
const LONGEST_TEXT = 20_000;

/** Bytes shown of what is not text. */
const MOST_BYTES = 64;

// Keeps no state between calls: it is never given a stream.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a record as UTF-8. Never throws. */
export function decodeText(bytes: Uint8Array): Text | Invalid {
  try {
    return { ok: true, text: utf8.decode(bytes) };
  } catch {
    return { ok: false, reason: 'not UTF-8' };
  }
}

/**
 * Prints each record in a line of its own, with its sequence number and partition key. Here, and in no other function,
 * the content is what the log is for.
 *
 * @returns a verdict per record: all are handled, for none is of use to print again
 */
export function logRecords(
  records: readonly EventRecord<Text>[],
  observer: Pick<Observer, 'info'>,
): Verdict[] {
  for (const { sequenceNumber, partitionKey, data, decoded } of records) {
    const where = { sequenceNumber, partitionKey: visible(partitionKey), bytes: data.length };
    if (decoded.ok) {
      const { text } = decoded;
      const cut = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
      observer.info('a record of text', { ...where, text: visible(cut) });
    } else {
      const shown = Buffer.from(data.subarray(0, MOST_BYTES)).toString('hex');
      observer.info('a record of bytes', { ...where, hex: data.length > MOST_BYTES ? `${shown}…` : shown });
    }
  }
  return records.map(() => HANDLED);
}

/** What moves a cursor, breaks a line or turns the direction of text, instead of being seen. */
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

/** Shows a newline as ␊ and DEL as ␡, as the pictures of Unicode for them; what has no picture as ⟨U+200E⟩. */
function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return '␡';
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
