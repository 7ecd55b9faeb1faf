/** One record of `wildrydes-quarantine`: a record that no stage can use, where it stood, and why. */
export interface QuarantineEntry {
  /** Stream that the record was read from. */
  readonly stream: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Why, in words meant for a person. */
  readonly reason: string;
  /** The record's bytes, base64; only the first 512 KiB, so that the entry itself always fits into a record. */
  readonly payload: string;
  /** Length of the whole record in bytes; more than the payload's when that was cut. */
  readonly bytes: number;
}
