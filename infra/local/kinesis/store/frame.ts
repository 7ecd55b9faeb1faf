import { crc32 } from './crc32.ts';

/**
 * One record in a log, all numbers big-endian:
 *
 *     0   u32  length of the whole frame
 *     4   u32  the same, every bit inverted
 *     8   u32  CRC-32 of everything after it
 *     12  f64  arrival, milliseconds since the epoch
 *     20  u16  length of the partition key in bytes
 *     22       partition key, UTF-8
 *              data, to the end
 *
 * The inverted length tells a torn tail from a damaged file: a write that was cut short leaves the beginning of a
 * good frame, so a frame that claims to go past the end of the file is believed only if its length is intact.
 */
export const FRAME_HEADER = 22;
const INVERTED_LENGTH = 4;
const SUM = 8;
const SUMMED_FROM = 12;
const ARRIVAL = 12;
const KEY_LENGTH = 20;

/** Completes a frame whose key and data are in place. */
export function sealFrame(
  buffer: Buffer,
  at: number,
  length: number,
  arrival: number,
  keyLength: number,
): void {
  buffer.writeUInt32BE(length, at);
  buffer.writeUInt32BE(~length >>> 0, at + INVERTED_LENGTH);
  buffer.writeDoubleBE(arrival, at + ARRIVAL);
  buffer.writeUInt16BE(keyLength, at + KEY_LENGTH);
  buffer.writeUInt32BE(crc32(buffer, at + SUMMED_FROM, at + length), at + SUM);
}

/**
 * Length of the frame at `at` of which `available` bytes are there: more than `available` if it goes on beyond them,
 * 0 if too few are there to tell, -1 if it is no frame.
 */
export function frameLength(buffer: Buffer, at: number, available: number): number {
  if (available < SUM) return 0;
  const length = buffer.readUInt32BE(at);
  if (length < FRAME_HEADER || ~length >>> 0 !== buffer.readUInt32BE(at + INVERTED_LENGTH)) return -1;
  return length;
}

/** True if a frame that is all there is as it was written. */
export function isIntact(buffer: Buffer, at: number, length: number): boolean {
  return (
    crc32(buffer, at + SUMMED_FROM, at + length) === buffer.readUInt32BE(at + SUM) &&
    FRAME_HEADER + buffer.readUInt16BE(at + KEY_LENGTH) <= length
  );
}

export function arrivalOf(buffer: Buffer, at: number): number {
  return buffer.readDoubleBE(at + ARRIVAL);
}

/** Offset in the buffer at which the key ends and the data begins. */
export function dataStart(buffer: Buffer, at: number): number {
  return at + FRAME_HEADER + buffer.readUInt16BE(at + KEY_LENGTH);
}
