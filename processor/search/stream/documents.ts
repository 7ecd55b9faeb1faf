import { hash } from 'node:crypto';
import { excerpt } from '../../../telemetry/excerpt.ts';
import type { Invalid, Reading } from '../../../telemetry/reading.ts';
import { decodeReading } from '../../../telemetry/reading-codec.ts';
import { decodeSummary } from '../../../telemetry/summary-codec.ts';

/** A record's document: its text, and what it is known by if its content says so. */
export interface StreamDocument {
  readonly ok: true;
  /** Undefined: the record's place in the stream will do. */
  readonly id: string | undefined;
  /** JSON text of an object, in one line. */
  readonly document: string;
}

// Keeps no state between calls: it is never given a stream.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of a document's id. Source: https://docs.opensearch.org/latest/api-reference/document-apis/bulk/ */
const LONGEST_ID = 512;

/**
 * Makes a document of a record that is one JSON object in UTF-8. Readings and summaries are known by Name and
 * StatusTime, and a reading gets its `Position` for maps; any other object is taken as it is. None is looked at twice:
 * what is no valid reading, the aggregation tells of.
 *
 * @param idAttribute of other objects: the attribute that they are known by, a string or a number; undefined, or where
 *   an object has none such: they are known by their place
 * @returns the document, or why there is none. Never throws.
 */
export function documentDecoder(
  idAttribute: string | undefined,
): (bytes: Uint8Array) => StreamDocument | Invalid {
  return (bytes) => {
    let text: string;
    let content: unknown;
    try {
      text = utf8.decode(bytes);
      content = JSON.parse(text);
    } catch {
      return { ok: false, reason: `a record must be JSON in UTF-8 (given ${excerpt(bytes)})` };
    }
    if (typeof content !== 'object' || content === null || Array.isArray(content)) {
      return { ok: false, reason: `a record must be a JSON object (given ${excerpt(bytes)})` };
    }
    const reading = 'Latitude' in content ? decodeReading(bytes) : undefined;
    if (reading?.ok) {
      return { ok: true, id: measuredId(reading.reading), document: withPosition(reading.reading) };
    }
    const summary = 'MinMagicPoints' in content ? decodeSummary(bytes) : undefined;
    if (summary?.ok) {
      return { ok: true, id: measuredId(summary.summary), document: JSON.stringify(summary.summary) };
    }
    return { ok: true, id: givenId(content, idAttribute), document: oneLine(text) };
  };
}

/** StatusTime has one length, so that no two pairs read the same. */
function measuredId({ Name, StatusTime }: Pick<Reading, 'Name' | 'StatusTime'>): string {
  return shortened(`${StatusTime} ${Name}`);
}

function givenId(content: object, attribute: string | undefined): string | undefined {
  if (attribute === undefined || !Object.hasOwn(content, attribute)) return undefined;
  const value = (content as Readonly<Record<string, unknown>>)[attribute];
  if (typeof value === 'string' && value !== '') return shortened(value);
  return typeof value === 'number' ? String(value) : undefined;
}

function shortened(id: string): string {
  return Buffer.byteLength(id) <= LONGEST_ID ? id : `sha256:${hash('sha256', id)}`;
}

function withPosition(reading: Reading): string {
  const { Latitude: lat, Longitude: lon } = reading;
  return JSON.stringify({ ...reading, Position: { lat, lon } });
}

/**
 * The text as it stands, so that numbers keep their digits; line breaks of JSON are between its tokens, never in them.
 */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').trim();
}
