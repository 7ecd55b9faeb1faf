/**
 * One raw record of the stream `wildrydes`: what a unicorn's sensor measured, once a second.
 * Attribute names are the wire names.
 */
export interface Reading {
  /** Unicorn, 1 to 256 Unicode characters; also the partition key. */
  readonly Name: string;
  /** When it was measured, UTC, `YYYY-MM-DD HH:MM:SS.mmm`. */
  readonly StatusTime: string;
  /** Degrees, -90 to 90. */
  readonly Latitude: number;
  /** Degrees, -180 to 180. */
  readonly Longitude: number;
  /** Metres travelled in the previous second, 0 to 1e6. */
  readonly Distance: number;
  /** 32-bit integer. */
  readonly MagicPoints: number;
  /** 32-bit integer. */
  readonly HealthPoints: number;
}

/** A reading that passed validation, with the two values that arithmetic needs in exact form. */
export interface DecodedReading {
  readonly ok: true;
  readonly reading: Reading;
  /** StatusTime as milliseconds since the epoch. */
  readonly instant: number;
  /** Distance in integer micrometres, rounded half up from the decimal text; at most 1e12. */
  readonly micrometres: number;
}

/** A record that is not a valid reading or summary, and why, in words meant for a person. */
export interface Invalid {
  readonly ok: false;
  readonly reason: string;
}
