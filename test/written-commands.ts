/** A command of the kit that stands in a text. */
export interface WrittenCommand {
  /** Where it stands, from 1. */
  readonly line: number;
  /** As it is written, on one line. */
  readonly text: string;
  /** What the program gets, behind `wildrydes`; a variable of the shell is `x`. */
  readonly words: readonly string[];
}

/** The kit's programs, at the start of a line, behind what may stand before a command, or in a span of code. */
const COMMAND = /(^|`|\$\(|&& |\|\| |then |do )\s*\.\/(wildrydes|producer|consumer)\b(?!\/)/gm;

/** What is a manner of speaking: something is left out, or stands in capitals for something else. */
const SPOKEN = /…|\b(N|N\.STEP|NAME)\b/;

/**
 * The kit's own commands in a text of Markdown: in blocks of code, in indented ones, and in spans. Left out are programs
 * that are only named, and commands with `…` or with a word in capitals (`N.STEP`) that stands for something else.
 */
export function writtenCommands(markdown: string): WrittenCommand[] {
  const found: WrittenCommand[] = [];
  for (const match of markdown.matchAll(COMMAND)) {
    const [whole, before = '', program = ''] = match;
    const start = match.index + whole.length;
    const end = before === '`' ? markdown.indexOf('`', start) : endOfCommand(markdown, start);
    const text = markdown
      .slice(start, end)
      .replace(/\\?\n\s*/g, ' ')
      .trimEnd();
    const words = wordsOf(text);
    if (words.length === 0 || SPOKEN.test(text)) continue;
    found.push({
      line: markdown.slice(0, start).split('\n').length,
      text: `./${program}${text}`,
      words: program === 'wildrydes' ? words : [program, ...words],
    });
  }
  return found;
}

/** The end of the line, unless that ends with a backslash; what stands further to the right in it tells of the command. */
function endOfCommand(markdown: string, start: number): number {
  return start + (/(?<!\\)\n|(?<=\S)\s{2,}(?=\S)(?<!\\\n\s*)| ──|$/.exec(markdown.slice(start))?.index ?? 0);
}

/** As a shell would take them apart, up to what ends a command: a pipe, a redirection, a comment, a bracket. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const character of text.replace(/\$(?:\{[^}]*\}|\w+)/g, 'x')) {
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/[|>;&)#]/.test(character) && (character !== '#' || word === undefined)) {
      // A number before it is that of what is redirected.
      if (character === '>' && /^\d$/.test(word ?? '')) word = undefined;
      break;
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  return word === undefined ? words : [...words, word];
}
