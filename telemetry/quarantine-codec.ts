import { invalid } from './attributes.ts';
import { excerpt } from './excerpt.ts';
import type { QuarantineEntry } from './quarantine.ts';
import type { Invalid } from './reading.ts';

/** Bytes of a record that its quarantine entry keeps: as base64 they leave a third of the largest record to spare. */
export const LARGEST_PAYLOAD = 512 * 1024;

/** Longest reason that an entry keeps, in UTF-16 units: reasons are sentences, not payloads. */
export const LONGEST_REASON = 1000;

// Keeps no state between calls: it is never given a stream.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A record that cannot be used, as the stage that refused it knows it. */
export interface Refused {
  /** Stream that the record was read from. */
  readonly stream: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Why, in words meant for a person. */
  readonly reason: string;
  /** The record's bytes, whole. */
  readonly data: Uint8Array;
}

/** The entry for a refused record: its first 512 KiB, and a reason of at most 1000 characters, so that it fits into a record. */
export function quarantineEntry(refused: Refused): QuarantineEntry {
  const { stream, shardId, sequenceNumber, reason, data } = refused;
  const kept = Math.min(data.length, LARGEST_PAYLOAD);
  return {
    stream,
    shardId,
    sequenceNumber,
    reason: reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON - 1)}…` : reason,
    payload: Buffer.from(data.buffer, data.byteOffset, kept).toString('base64'),
    bytes: data.length,
  };
}

/** Writes an entry as one JSON object and a newline. */
export function encodeQuarantineEntry(entry: QuarantineEntry): string {
  const { stream, shardId, sequenceNumber, reason, payload, bytes } = entry;
  return `${JSON.stringify({ stream, shardId, sequenceNumber, reason, payload, bytes })}\n`;
}

/**
 * Reads a record of the stream `wildrydes-quarantine`. Other attributes are ignored.
 *
 * @returns the entry, or why it is none. Never throws.
 */
export function decodeQuarantineEntry(
  bytes: Uint8Array,
): { readonly ok: true; readonly entry: QuarantineEntry } | Invalid {
  let parsed: unknown;
  try {
    parsed = JSON.parse(utf8.decode(bytes));
  } catch {
    return invalid(`a record must be JSON in UTF-8 (given ${excerpt(bytes)})`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return invalid(`a record must be a JSON object (given ${excerpt(bytes)})`);
  }
  const {
    stream,
    shardId,
    sequenceNumber,
    reason,
    payload,
    bytes: length,
  } = parsed as Record<string, unknown>;
  if (!isText(stream)) return mustBeText('stream');
  if (!isText(shardId)) return mustBeText('shardId');
  if (!isText(sequenceNumber)) return mustBeText('sequenceNumber');
  if (!isText(reason)) return mustBeText('reason');
  if (typeof payload !== 'string') return invalid('payload must be base64');
  const kept = Buffer.from(payload, 'base64');
  if (kept.toString('base64') !== payload) return invalid('payload must be base64');
  if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < kept.length) {
    return invalid("bytes must be the record's length, at least the payload's");
  }
  return { ok: true, entry: { stream, shardId, sequenceNumber, reason, payload, bytes: length } };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function mustBeText(name: string): Invalid {
  return invalid(`${name} must be a string, not empty`);
}
