/** An event in a stream's file, one line of JSON each. */
export interface StoredEvent {
  /** When it happened, milliseconds since the epoch. */
  readonly timestamp: number;
  /** When it was taken in, milliseconds since the epoch. */
  readonly ingestionTime: number;
  /** Of the event within the stream, from 0; some may be missing. */
  readonly sequence: number;
  readonly message: string;
}

/** With its line end. A message with line ends is still one line, as JSON escapes them. */
export function writeLine({ timestamp, ingestionTime, sequence, message }: StoredEvent): string {
  return `${JSON.stringify([timestamp, ingestionTime, sequence, message])}\n`;
}

/** @returns undefined for what `writeLine` did not write */
export function readLine(line: string): StoredEvent | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed) || parsed.length !== 4) return undefined;
  const [timestamp, ingestionTime, sequence, message] = parsed as readonly unknown[];
  const sound =
    Number.isSafeInteger(timestamp) &&
    Number.isSafeInteger(ingestionTime) &&
    Number.isSafeInteger(sequence) &&
    typeof message === 'string';
  return sound ? ({ timestamp, ingestionTime, sequence, message } as StoredEvent) : undefined;
}

/** The first line of each of a stream's files: whose it is. */
export interface StreamHeader {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly creationTime: number;
}

export function writeHeader({ name, creationTime }: StreamHeader): string {
  return `${JSON.stringify({ version: 1, name, creationTime })}\n`;
}

/** @throws Error saying what is wrong with it */
export function readHeader(line: string): StreamHeader {
  const { version, name, creationTime } = JSON.parse(line) as {
    readonly version: unknown;
    readonly name: unknown;
    readonly creationTime: unknown;
  };
  if (version !== 1) throw new Error(`its version must be 1 (given ${String(version)})`);
  if (typeof name !== 'string' || typeof creationTime !== 'number') {
    throw new Error('it does not name a log stream');
  }
  return { name, creationTime };
}
