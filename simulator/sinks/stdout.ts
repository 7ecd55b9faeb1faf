import type { Writable } from 'node:stream';
import type { Sink } from '../emission.ts';
import { TextSink } from './text.ts';

/**
 * Readings as NDJSON on standard output, or on whatever stream is handed in, which stays open.
 *
 * @param stream such as process.stdout
 */
export function createStdoutSink(stream: Writable): Sink {
  return new TextSink(stream, 'standard output');
}
