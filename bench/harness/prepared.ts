import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';

/** What a stream is written with. */
export interface Records {
  /** Different partition keys. */
  readonly keys: number;
  /** Bytes of a record's data. */
  readonly bytes: number;
}

export interface PreparedRecord {
  readonly PartitionKey: string;
  readonly Data: Uint8Array;
}

export const PER_REQUEST = 500;

/** Requests that are prepared; they are sent over and over. */
const REQUESTS = 40;

/** Readings made before the clock starts, each with an attribute more that fills it up to its size. */
export function prepare({ keys, bytes }: Records): PreparedRecord[][] {
  const start = Date.UTC(2026, 4, 1, 9);
  return Array.from({ length: REQUESTS }, (_, request) =>
    Array.from({ length: PER_REQUEST }, (_, i) => {
      const index = request * PER_REQUEST + i;
      const name = `Unicorn ${index % keys}`;
      const text = encodeReading({
        Name: name,
        StatusTime: formatStatusTime(start + Math.floor(index / keys) * 1000),
        Latitude: 40.749167 + index * 1.0001e-6,
        Longitude: -73.985184 + index * 1.0001e-6,
        Distance: 29.5 + (index % 1000) / 1000,
        MagicPoints: 150,
        HealthPoints: 150,
      });
      const filled = `${text.slice(0, -2)},"Filler":"`;
      const filler = '.'.repeat(Math.max(0, bytes - filled.length - 3));
      return { PartitionKey: name, Data: Buffer.from(`${filled}${filler}"}\n`) };
    }),
  );
}
