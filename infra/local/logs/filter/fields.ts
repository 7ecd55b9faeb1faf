import { readComparison } from './comparison.ts';
import { type Condition, readExpression } from './expression.ts';
import { invalidPattern, Scanner } from './scanner.ts';

/** What is asked of one word of an event. */
type WordTest = Condition<string>;

/** Any number of words, none too. */
const ELLIPSIS = '...';

type Field = WordTest | typeof ELLIPSIS;

/**
 * Compiles `[ip, user, ..., status = 4* || status = 5*, bytes > 1000]`: matches messages that have as many words, of
 * which this is so. `...` stands for any number of words.
 *
 * @param body what is between the brackets
 * @throws ServiceError InvalidParameterException
 */
export function compileFields(body: string): (message: string) => boolean {
  const fields = readFields(new Scanner(body));
  const gap = fields.indexOf(ELLIPSIS);
  const head = testsOf(gap < 0 ? fields : fields.slice(0, gap));
  const tail = testsOf(gap < 0 ? [] : fields.slice(gap + 1));
  return (message) => {
    const words = wordsOf(message);
    const surplus = words.length - head.length - tail.length;
    if (surplus < 0 || (gap < 0 && surplus > 0)) return false;
    return (
      head.every((test, i) => test(words[i]!)) &&
      tail.every((test, i) => test(words[words.length - tail.length + i]!))
    );
  };
}

function testsOf(fields: readonly Field[]): readonly WordTest[] {
  return fields.map((field) => {
    if (field === ELLIPSIS) throw invalidPattern();
    return field;
  });
}

/** A message's words. What is in brackets or in double quotes is one, without those. In time that grows with its length only. */
export function wordsOf(message: string): readonly string[] {
  const words: string[] = [];
  const ends = { ']': endFinder(message, ']'), '"': endFinder(message, '"') };
  const word = /\S+/y;
  for (let at = nextWord(message, 0); at < message.length; at = nextWord(message, at)) {
    const end = message[at] === '[' ? ends[']'](at) : message[at] === '"' ? ends['"'](at) : undefined;
    if (end !== undefined) {
      words.push(message.slice(at + 1, end));
      at = end + 1;
      continue;
    }
    word.lastIndex = at;
    const [found] = word.exec(message)!;
    words.push(found);
    at += found.length;
  }
  return words;
}

function nextWord(message: string, from: number): number {
  const word = /\S/g;
  word.lastIndex = from;
  return word.exec(message)?.index ?? message.length;
}

/** Where the first such character after a place is, if it ends a word. Asked for ascending places, it searches the message once. */
function endFinder(message: string, character: string): (at: number) => number | undefined {
  let end = 0;
  return (at) => {
    if (end >= 0 && end <= at) end = message.indexOf(character, at + 1);
    return end > at && /^(?:\s|$)/.test(message.charAt(end + 1)) ? end : undefined;
  };
}

function readFields(scanner: Scanner): readonly Field[] {
  const fields = [readField(scanner)];
  while (scanner.symbol(',')) fields.push(readField(scanner));
  scanner.skipSpace();
  if (!scanner.atEnd) throw invalidPattern();
  return fields;
}

function readField(scanner: Scanner): Field {
  if (scanner.symbol('...')) return ELLIPSIS;
  scanner.skipSpace();
  if (scanner.atEnd || scanner.take(/(?=,)/y) !== undefined) return () => true;
  let name: string | undefined;
  return readExpression<string>(scanner, () => {
    scanner.skipSpace();
    const given = scanner.take(/[\p{L}\p{N}_-]+/uy)?.[0];
    name ??= given;
    // All conditions on a word name it alike.
    if (given === undefined || given !== name) throw invalidPattern();
    return readComparison(scanner) ?? (() => true);
  });
}
