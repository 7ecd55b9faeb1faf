/** Longest line passed on, characters: CloudWatch Logs' limit of one event, 256 KiB. */
const LONGEST_LINE = 256 * 1024;

/** Cuts text that arrives in pieces into lines, without their ends. */
export class LineSplitter {
  readonly #line: (line: string) => void;
  #rest = '';

  constructor(line: (line: string) => void) {
    this.#line = line;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line.slice(0, LONGEST_LINE));
    if (this.#rest.length > LONGEST_LINE) this.flush();
  }

  /** Passes on what has no line end yet. */
  flush(): void {
    if (this.#rest !== '') this.#line(this.#rest.slice(0, LONGEST_LINE));
    this.#rest = '';
  }
}
