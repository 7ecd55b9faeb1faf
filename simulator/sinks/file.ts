import { type FileHandle, open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { WildRydesError } from '../../telemetry/errors.ts';
import type { Sink } from '../emission.ts';
import { TextSink } from './text.ts';

/**
 * Readings as NDJSON in a file, which is written anew.
 *
 * @throws WildRydesError USAGE when the file cannot be opened for writing
 */
export async function createFileSink(path: string): Promise<Sink> {
  const stream = (await openForWriting(path)).createWriteStream();
  const sink = new TextSink(stream, path);
  return {
    put: (emission) => sink.put(emission),
    flush: () => sink.flush(),
    async close() {
      try {
        await sink.close();
      } finally {
        stream.end();
        // What went wrong has been told by the flush.
        await finished(stream).catch(() => {});
      }
    },
  };
}

async function openForWriting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (error) {
    throw new WildRydesError('USAGE', `cannot write to ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
