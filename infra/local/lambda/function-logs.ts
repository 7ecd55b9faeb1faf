import { mkdirSync } from 'node:fs';
import { appendFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Where functions' output goes: a file per function, `NAME.log`, and beside it the one before, `NAME.1.log`.
 * Never to the terminal.
 */
export interface FunctionLogs {
  /** One line, without its end. Returns at once; lines are kept in order. */
  write(functionName: string, line: string): void;
  /** Writes what is buffered. */
  close(): Promise<void>;
}

/** A file that grew to this many bytes is set aside, and the one set aside before it deleted. */
const FILE_LIMIT = 5 * 1024 * 1024;

/** Characters waiting for the disk beyond which a function's further lines are dropped, and counted. */
const BUFFER_LIMIT = 4 * 1024 * 1024;

export interface FunctionLogsOptions {
  /** Null: output is kept nowhere. */
  readonly folder: string | null;
  /** Told of each line too. */
  readonly onLine?: ((functionName: string, line: string) => void) | undefined;
  /** Bytes after which a file is set aside. Default 5 MiB. */
  readonly fileLimit?: number;
}

export function createFunctionLogs({
  folder,
  onLine,
  fileLimit = FILE_LIMIT,
}: FunctionLogsOptions): FunctionLogs {
  const files = new Map<string, LogFile>();
  if (folder !== null) mkdirSync(folder, { recursive: true });

  function fileOf(functionName: string, folder: string): LogFile {
    const existing = files.get(functionName);
    if (existing !== undefined) return existing;
    const file = new LogFile(join(folder, functionName), fileLimit);
    files.set(functionName, file);
    return file;
  }

  return {
    write(functionName, line) {
      onLine?.(functionName, line);
      if (folder !== null) fileOf(functionName, folder).write(line);
    },
    async close() {
      await Promise.all([...files.values()].map((file) => file.flush()));
    },
  };
}

class LogFile {
  readonly #path: string;
  readonly #limit: number;
  #waiting: string[] = [];
  #waitingLength = 0;
  #dropped = 0;
  #size: number | undefined;
  #writing: Promise<void> | undefined;

  constructor(path: string, limit: number) {
    this.#path = path;
    this.#limit = limit;
  }

  write(line: string): void {
    if (this.#waitingLength > BUFFER_LIMIT) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length + 1;
    this.#writing ??= this.#drain();
  }

  async flush(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      const dropped = this.#dropped;
      const note =
        dropped === 0 ? [] : [`(${dropped} lines dropped: the disk is full, or slower than the output)`];
      this.#waiting = [];
      this.#waitingLength = 0;
      this.#dropped = 0;
      try {
        await this.#append(`${[...lines, ...note].join('\n')}\n`);
      } catch {
        // A full or read-only disk costs the log, never the function.
        this.#dropped += dropped + lines.length;
      }
    }
    this.#writing = undefined;
  }

  async #append(text: string): Promise<void> {
    const path = `${this.#path}.log`;
    this.#size ??= await sizeOf(path);
    if (this.#size >= this.#limit) {
      await rename(path, `${this.#path}.1.log`);
      this.#size = 0;
    }
    await appendFile(path, text);
    this.#size += Buffer.byteLength(text);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
