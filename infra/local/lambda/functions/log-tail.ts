/** Bytes of an invocation's log that Invoke answers with. */
const TAIL = 4096;

/** The end of one invocation's log. */
export class LogTail {
  #text = '';

  add(line: string): void {
    this.#text += `${line}\n`;
    // A character is at least a byte: more than this many never come back.
    if (this.#text.length > 16 * TAIL) this.#text = this.#text.slice(-TAIL);
  }

  base64(): string {
    return Buffer.from(this.#text).subarray(-TAIL).toString('base64');
  }
}
