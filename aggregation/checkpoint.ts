import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WildRydesError } from '../telemetry/errors.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, UnknownVersion } from './checkpoint-format.ts';

/** Where checkpoints are kept. */
export interface CheckpointStore {
  /** The last checkpoint saved, or undefined if there is none. */
  load(): Promise<Checkpoint | undefined>;
  /** Resolves when the checkpoint will survive a crash. One at a time. */
  save(checkpoint: Checkpoint): Promise<void>;
}

/** Keeps the last checkpoint in memory, for a cloud that is thrown away. */
export function memoryCheckpoints(): CheckpointStore {
  let last: Checkpoint | undefined;
  return {
    load: async () => last,
    save: async (checkpoint) => {
      last = checkpoint;
    },
  };
}

/**
 * Keeps the last checkpoint in a file, and the one before it beside it as `PATH.previous`. A checkpoint is written to
 * `PATH.new`, forced to the disk, and only then takes the file's place, so that a crash leaves a whole one at any time.
 *
 * `load` reads the previous one, with a warning, if the file is damaged, and puts the damaged one aside as `PATH.damaged`.
 *
 * @param path the file; its folder is created
 * @param warn takes the warning; by default it becomes a warning of the process, on standard error
 * @returns a store whose `load` and `save` throw WildRydesError: STATE_CORRUPT if the file is damaged and the previous
 *   one does not help, STATE_UNUSABLE if the files cannot be read or written or are of another version
 */
export function fileCheckpoints(
  path: string,
  warn: (message: string) => void = (message) => process.emitWarning(message),
): CheckpointStore {
  const previous = `${path}.previous`;
  return {
    async load() {
      const last = await read(path);
      if (last instanceof Damage) {
        const older = await read(previous);
        if (older === undefined || older instanceof Damage) throw corrupt(path, last);
        warn(`checkpoint ${path} is damaged (${last.reason}): going on from ${previous}`);
        // Out of the way of the next save, which keeps what is there as the previous one.
        await rename(path, `${path}.damaged`).catch(() => {});
        return older;
      }
      if (last !== undefined) return last;
      // A crash between the two renames leaves only the previous one: nothing that came after it has been sent.
      const older = await read(previous);
      if (older instanceof Damage) throw corrupt(previous, older);
      return older;
    },
    async save(checkpoint) {
      try {
        await mkdir(dirname(path), { recursive: true });
        await write(`${path}.new`, checkpoint);
        await rename(path, previous).catch(unlessMissing);
        await rename(`${path}.new`, path);
        await forceFolder(dirname(path));
      } catch (cause) {
        throw unusable(path, 'written', cause);
      }
    },
  };
}

/** Bytes gathered for one write: each costs a turn of an event loop that may be busy judging. */
const WRITE_SIZE = 4 * 1024 * 1024;

class Damage {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

async function read(path: string): Promise<Checkpoint | Damage | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw unusable(path, 'read', cause);
  }
  try {
    return decodeCheckpoint(bytes);
  } catch (cause) {
    if (cause instanceof UnknownVersion) throw unusable(path, 'read', cause);
    return new Damage((cause as Error).message);
  }
}

async function write(path: string, checkpoint: Checkpoint): Promise<void> {
  const file = await open(path, 'w');
  try {
    let pieces: Uint8Array[] = [];
    let length = 0;
    for (const piece of encodeCheckpoint(checkpoint)) {
      pieces.push(piece);
      length += piece.length;
      if (length < WRITE_SIZE) continue;
      await writeAll(file, pieces);
      pieces = [];
      length = 0;
    }
    await writeAll(file, pieces);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  let { bytesWritten } = await file.writev(pieces);
  if (bytesWritten === length) return;
  // A write may be cut short, as when the disk fills up or a limit is met: the rest tells why.
  for (const rest = Buffer.concat(pieces); bytesWritten < length; ) {
    bytesWritten += (await file.write(rest, bytesWritten)).bytesWritten;
  }
}

/** Forces the renames to the disk; a system that cannot (Windows) does so on its own. */
async function forceFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function corrupt(path: string, damage: Damage): WildRydesError {
  return new WildRydesError('STATE_CORRUPT', `checkpoint ${path} is damaged: ${damage.reason}`, {
    next: 'Put back a copy of it, or run `wildrydes reset` to start from nothing.',
  });
}

function unusable(path: string, verb: string, cause: unknown): WildRydesError {
  return new WildRydesError(
    'STATE_UNUSABLE',
    `checkpoint ${path} cannot be ${verb}: ${(cause as Error).message}`,
    {
      next: 'See that the folder is yours to write and the disk is not full, or choose another with --data.',
      cause,
    },
  );
}

function unlessMissing(cause: unknown): void {
  if (codeOf(cause) !== 'ENOENT') throw cause;
}

function codeOf(cause: unknown): unknown {
  return (cause as { code?: unknown }).code;
}
