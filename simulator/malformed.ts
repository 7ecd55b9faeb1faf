import type { Reading } from '../telemetry/reading.ts';
import { encodeReading } from '../telemetry/reading-codec.ts';

/**
 * The ways in which a broken sensor garbles a reading. Each gives one line that is not a valid reading, whatever the
 * reading was.
 */
export const MALFORMED: readonly {
  readonly what: string;
  readonly garble: (reading: Reading) => Uint8Array;
}[] = [
  { what: 'truncated JSON', garble: truncate },
  { what: 'bad UTF-8', garble: breakUtf8 },
  { what: 'a wrong type', garble: (reading) => line({ ...reading, MagicPoints: 'plenty' }) },
  { what: 'a missing field', garble: ({ Distance: _, ...rest }) => line(rest) },
  {
    what: 'a place off the globe',
    garble: (reading) => line({ ...reading, Latitude: reading.Latitude + 180 }),
  },
  {
    what: 'a date that does not exist',
    garble: (reading) =>
      line({ ...reading, StatusTime: `${reading.StatusTime.slice(0, 4)}-02-30 12:00:00.000` }),
  },
  { what: 'not a number', garble: (reading) => withDistance(reading, 'NaN') },
  { what: 'a number beyond all doubles', garble: (reading) => withDistance(reading, '1e400') },
  { what: 'a negative distance', garble: (reading) => withDistance(reading, '-3') },
  { what: 'points beyond 32 bits', garble: (reading) => line({ ...reading, HealthPoints: 2 ** 31 }) },
  { what: 'a fraction of a point', garble: (reading) => line({ ...reading, MagicPoints: 49.5 }) },
  { what: 'a name of 1,000 characters', garble: (reading) => line({ ...reading, Name: 'a'.repeat(1_000) }) },
  { what: 'no object', garble: (reading) => line(Object.values(reading)) },
];

function line(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

function truncate(reading: Reading): Uint8Array {
  const text = encodeReading(reading);
  return Buffer.from(`${text.slice(0, text.length >> 1)}\n`);
}

/** The first byte of the name, which follows `{"Name":"`, becomes one that UTF-8 never has. */
function breakUtf8(reading: Reading): Uint8Array {
  const bytes = Buffer.from(encodeReading(reading));
  bytes[bytes.indexOf('":"') + 3] = 0xff;
  return bytes;
}

/** Writes what JSON.stringify would not. */
function withDistance(reading: Reading, text: string): Uint8Array {
  const zero = encodeReading({ ...reading, Distance: 0 });
  return Buffer.from(zero.replace('"Distance":0,', () => `"Distance":${text},`));
}
