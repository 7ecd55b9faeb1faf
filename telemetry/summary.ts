/**
 * One record of `wildrydes-aggregated` and one item of `UnicornSensorData`: a unicorn's minute.
 * Attribute names are the wire names.
 */
export interface Summary {
  /** Unicorn; partition key of the record and of the item. */
  readonly Name: string;
  /** Start of the minute, UTC, `YYYY-MM-DD HH:MM:SS.mmm`; sort key of the item. */
  readonly StatusTime: string;
  /** Sum of the readings' distances, metres. Exact to the micrometre below 2^53 micrometres (9e9 m). */
  readonly Distance: number;
  readonly MinMagicPoints: number;
  readonly MaxMagicPoints: number;
  readonly MinHealthPoints: number;
  readonly MaxHealthPoints: number;
  /** How many distinct readings are in it, at least 1. */
  readonly Readings: number;
}

/**
 * A summary as the table takes it: aggregations older than this kit do not say how many readings are in a minute, and
 * then nobody knows.
 */
export type StoredSummary = Omit<Summary, 'Readings'> & Partial<Pick<Summary, 'Readings'>>;
