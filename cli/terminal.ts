import { Chalk, type ChalkInstance } from 'chalk';
import stringWidth from 'string-width';

type Environment = Readonly<Record<string, string | undefined>>;

/** What of an output stream decides how to write to it. */
export interface OutputStream {
  readonly isTTY?: boolean;
}

/** Can the stream be redrawn? A terminal, and not one that says it is dumb. */
export function isLiveTerminal(stream: OutputStream, env: Environment): boolean {
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/**
 * Colours for a stream: none unless it is a terminal, none under NO_COLOR (any value that is not empty, see
 * https://no-color.org) or TERM=dumb.
 */
export function coloursFor(stream: OutputStream, env: Environment): ChalkInstance {
  const plain = !isLiveTerminal(stream, env) || Boolean(env.NO_COLOR);
  return plain ? new Chalk({ level: 0 }) : new Chalk();
}

/** Cuts or pads text to a number of terminal columns; wide characters count as two. */
export function column(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  let fitted = text;
  if (stringWidth(fitted) > columns) {
    fitted = '';
    for (const { segment } of new Intl.Segmenter().segment(text)) {
      if (stringWidth(fitted) + stringWidth(segment) > columns - 1) break;
      fitted += segment;
    }
    fitted += '…';
  }
  const padding = ' '.repeat(Math.max(0, columns - stringWidth(fitted)));
  return align === 'left' ? fitted + padding : padding + fitted;
}

/** Makes text from elsewhere safe to print: control characters, which could drive the terminal, become visible. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
