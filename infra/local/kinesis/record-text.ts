import { arrivalOf, dataStart, FRAME_HEADER } from './store/frame.ts';
import type { StoredShard } from './store/shard.ts';

/** A partition key that is JSON as it is, between quotes. */
const PLAIN = /^[ !#-[\]-~]*$/;

export interface Room {
  /** 1 or more. */
  readonly records: number;
  /** Of data and keys; one record is taken whatever its size. */
  readonly bytes: number;
}

export interface RecordText {
  /** JSON objects, separated by commas. */
  readonly records: string;
  /** Index after the last of them. */
  readonly next: number;
  /** Of the last of them, milliseconds since the epoch; NaN if there is none. */
  readonly lastArrival: number;
  /** Of their data and keys. */
  readonly bytes: number;
}

/**
 * Retained records from an index on as the API writes them, straight from the log's bytes.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Record.html
 */
export function recordText(shard: StoredShard, from: number, room: Room): RecordText {
  let records = '';
  let next = Math.max(from, shard.first);
  let left = room.records;
  let bytesLeft = room.bytes;
  let lastArrival = Number.NaN;
  let arrivalText = '';
  shard.scan(from, (buffer, at, length, index) => {
    const bytes = length - FRAME_HEADER;
    if (bytes > bytesLeft && records !== '') return false;
    bytesLeft -= bytes;
    const arrival = arrivalOf(buffer, at);
    if (arrival !== lastArrival) {
      lastArrival = arrival;
      arrivalText = `","ApproximateArrivalTimestamp":${arrival / 1000},"Data":"`;
    }
    const dataAt = dataStart(buffer, at);
    const key = buffer.toString('latin1', at + FRAME_HEADER, dataAt);
    records +=
      (records === '' ? '{"SequenceNumber":"' : ',{"SequenceNumber":"') +
      shard.sequenceNumber(index) +
      arrivalText +
      buffer.toString('base64', dataAt, at + length) +
      (PLAIN.test(key)
        ? `","PartitionKey":"${key}"}`
        : `","PartitionKey":${JSON.stringify(buffer.toString('utf8', at + FRAME_HEADER, dataAt))}}`);
    next = index + 1;
    left -= 1;
    return left > 0;
  });
  return { records, next, lastArrival, bytes: room.bytes - bytesLeft };
}

/** MillisBehindLatest of a reader that has just read: 0 at the shard's tip, else how long ago its last record arrived. */
export function millisBehind(shard: StoredShard, { next, lastArrival }: RecordText, now: number): number {
  return next >= shard.next ? 0 : Math.max(1, Math.round(now - lastArrival));
}
