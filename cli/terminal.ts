import { Chalk, type ChalkInstance, supportsColor, supportsColorStderr } from 'chalk';
import stringWidth from 'string-width';

type Environment = Readonly<Record<string, string | undefined>>;

/** What of an output stream decides how to write to it. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly fd?: number;
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
  const supported = stream.fd === 2 ? supportsColorStderr : supportsColor;
  return new Chalk({ level: plain || supported === false ? 0 : supported.level });
}

/** Width of a terminal, in columns; `otherwise` for what is none, or does not know. */
export function columnsOf(stream: OutputStream, otherwise: number): number {
  return (stream.isTTY && stream.columns) || otherwise;
}

/** Terminal columns that a text takes; wide characters count as two, colours as nothing. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** Cuts text to a number of terminal columns. */
export function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let fitted = '';
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    fitted += segment;
  }
  return `${fitted}…`;
}

/** Pads text to a number of terminal columns. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const padding = ' '.repeat(Math.max(0, columns - stringWidth(text)));
  return align === 'left' ? text + padding : padding + text;
}

/** Cuts or pads text to exactly a number of terminal columns. */
export function column(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  return pad(cut(text, columns), columns, align);
}

/**
 * Folds a text between words into lines of at most so many terminal columns; a longer word keeps a line of its own.
 *
 * @param indent columns by which further lines are set in
 */
export function fold(text: string, columns: number, indent = 0): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\S)(?= )/)) {
    if (line.trim() !== '' && stringWidth(line + word) > columns) {
      lines.push(line);
      line = ' '.repeat(indent) + word.trimStart();
    } else line += word;
  }
  return [...lines, line];
}

/**
 * Makes text from elsewhere safe to print: control characters, which could drive the terminal, line separators,
 * direction marks and lone surrogates become visible.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A whole number with its thousands apart: 12,345. */
export function grouped(count: number): string {
  return GROUPED.format(count);
}

const GROUPED = new Intl.NumberFormat('en-US');
