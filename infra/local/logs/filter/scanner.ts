import { invalidParameter } from '../errors.ts';

/** Reads a filter pattern from its start to its end. */
export class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  skipSpace(): void {
    this.take(/\s*/y);
  }

  /** Takes what an expression matches here; undefined if it does not. @param expression sticky */
  take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }

  /** Takes a symbol, after space, if it comes next. */
  symbol(symbol: string): boolean {
    this.skipSpace();
    if (!this.#text.startsWith(symbol, this.#at)) return false;
    this.#at += symbol.length;
    return true;
  }

  /** A text in double quotes, in which `\"` is a quote; undefined if none begins here. @throws ServiceError if it does not end */
  quoted(): string | undefined {
    if (this.#text[this.#at] !== '"') return undefined;
    const found = this.take(/"((?:[^"\\]|\\.)*)"/sy);
    if (found === undefined) throw invalidPattern();
    return found[1]!.replace(/\\(["\\])/g, '$1');
  }

  /** What is between two `%`; undefined if none begins here. @throws ServiceError if it does not end */
  regex(): string | undefined {
    if (this.#text[this.#at] !== '%') return undefined;
    const found = this.take(/%((?:[^%\\]|\\.)+)%/sy);
    if (found === undefined) throw invalidPattern();
    return found[1]!;
  }
}

/** In AWS's words, which say no more. */
export function invalidPattern(message = 'Invalid filter pattern') {
  return invalidParameter(message);
}
