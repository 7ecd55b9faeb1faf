import type { ChalkInstance } from 'chalk';
import type { StreamRecord } from '../../stream/record.ts';
import { decodeQuarantineEntry } from '../../telemetry/quarantine-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { printable } from '../terminal.ts';

/** One record as one line of text, without the line's end. */
export type RecordLine = (streamName: string, record: StreamRecord) => string;

/** Characters of a record's content that a line for a person shows. */
const LONGEST = 2_000;

/**
 * NDJSON: shardId, sequenceNumber, partitionKey, arrival (ISO-8601), and the content as `data` if it is UTF-8, else as
 * `base64`. An entry of the quarantine also has `quarantined`: where the record stood, why it is there, and its content.
 */
export const recordAsJson: RecordLine = (streamName, record) => {
  const quarantined = quarantinedIn(streamName, record);
  return JSON.stringify({
    shardId: record.shardId,
    sequenceNumber: record.sequenceNumber,
    partitionKey: record.partitionKey,
    arrival: new Date(record.arrival).toISOString(),
    ...content(record.data),
    ...(quarantined && {
      quarantined: {
        stream: quarantined.stream,
        shardId: quarantined.shardId,
        sequenceNumber: quarantined.sequenceNumber,
        reason: quarantined.reason,
        bytes: quarantined.bytes,
        ...content(Buffer.from(quarantined.payload, 'base64')),
      },
    }),
  });
};

/**
 * For a person: arrival (UTC), shard, partition key, content. Nothing in a record can drive the terminal: control
 * characters are shown escaped, and long content is cut.
 */
export function recordAsLine(colours: ChalkInstance): RecordLine {
  return (streamName, record) => {
    const quarantined = quarantinedIn(streamName, record);
    const text = quarantined
      ? [
          colours.red(printable(quarantined.reason)),
          colours.dim(
            `${printable(quarantined.stream)} ${shardName(quarantined.shardId)} ${printable(quarantined.sequenceNumber)}:`,
          ),
          legible(Buffer.from(quarantined.payload, 'base64'), quarantined.bytes),
        ].join('  ')
      : legible(record.data, record.data.length);
    return [
      colours.dim(formatStatusTime(record.arrival)),
      colours.dim(shardName(record.shardId)),
      colours.cyan(printable(record.partitionKey)),
      text,
    ].join('  ');
  };
}

/** `shardId-000000000012` in short: `12`. */
export function shardName(shardId: string): string {
  return printable(shardId.replace(/^shardId-0*(?=\d)/, ''));
}

function quarantinedIn(streamName: string, record: StreamRecord) {
  if (streamName !== STREAMS.quarantine) return undefined;
  const decoded = decodeQuarantineEntry(record.data);
  return decoded.ok ? decoded.entry : undefined;
}

function content(data: Uint8Array): { data: string } | { base64: string } {
  const text = decodeText(data);
  return text === undefined ? { base64: base64(data) } : { data: text };
}

/** @param bytes length of the whole content, of which `data` may be the beginning */
function legible(data: Uint8Array, bytes: number): string {
  const text = decodeText(data);
  const whole = text === undefined ? `base64:${base64(data)}` : printable(text.replace(/\r?\n$/, ''));
  if (whole.length <= LONGEST && data.length === bytes) return whole;
  // Cutting must not leave half of a character outside the first plane.
  return `${whole.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, '')}… (${bytes} bytes)`;
}

function decodeText(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return undefined;
  }
}

function base64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
}
