import { invalidPattern } from './scanner.ts';

/**
 * The regular expressions of filter patterns: characters, `.`, classes, `?`, `*`, `+`, `{m,n}`, `^`, `$` and `|`, and no
 * groups. All their states are followed at once, so that none takes more time than its length times the text's; the
 * engine of JavaScript, which goes back, could be made to take for ever.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 *
 * @param source what is between the two `%`
 * @returns whether a text has a match somewhere
 * @throws ServiceError InvalidParameterException for what is none
 */
export function compileRegex(source: string): (text: string) => boolean {
  const alternatives = new RegexReader(source).alternatives();
  return (text) => alternatives.some((steps) => occurs(steps, text));
}

/** One step of an alternative. */
type Step =
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'once' | 'maybe' | 'many'; readonly accepts: (character: string) => boolean };

/** Whether steps have a match anywhere: at each character, all the steps that could come next are followed. */
function occurs(steps: readonly Step[], text: string): boolean {
  const states = new States(steps);
  for (let at = 0; ; at++) {
    if (states.reach(0, at === 0, at === text.length)) return true;
    if (at === text.length) return false;
    if (states.advance(text[at]!, at + 1 === text.length)) return true;
  }
}

/** The steps that may come next, each once. */
class States {
  readonly #steps: readonly Step[];
  /** By step, the turn at which it was last reached. */
  readonly #reachedAt: Uint32Array;
  #turn = 1;
  #active: number[] = [];

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
    this.#reachedAt = new Uint32Array(steps.length + 1);
  }

  /** Adds a step, and those behind it that can be reached without a character. True at the end of all. */
  reach(from: number, atStart: boolean, atEnd: boolean): boolean {
    for (let i = from; this.#reachedAt[i] !== this.#turn; i++) {
      this.#reachedAt[i] = this.#turn;
      const step = this.#steps[i];
      if (step === undefined) return true;
      if ('accepts' in step) this.#active.push(i);
      const passable = step.kind === 'start' ? atStart : step.kind === 'end' ? atEnd : step.kind !== 'once';
      if (!passable) return false;
    }
    return false;
  }

  /** Passes a character. True if a match ends behind it. */
  advance(character: string, atEnd: boolean): boolean {
    const before = this.#active;
    this.#active = [];
    this.#turn += 1;
    for (const i of before) {
      const step = this.#steps[i]!;
      if (!('accepts' in step) || !step.accepts(character)) continue;
      if (this.reach(step.kind === 'many' ? i : i + 1, false, atEnd)) return true;
    }
    return false;
  }
}

/** Steps of a whole expression, repeats written out, at most. */
const MOST_STEPS = 1024;

/** Characters that stand for themselves: what AWS lists, and space, of which it says nothing. Same source; others need `\`. */
const LITERAL = /[A-Za-z0-9:_#=@/;,\- ]/;

const CLASSES: Readonly<Record<string, RegExp>> = {
  d: /[0-9]/,
  D: /[^0-9]/,
  w: /[A-Za-z0-9_]/,
  W: /[^A-Za-z0-9_]/,
  s: /\s/,
  S: /\S/,
};

class RegexReader {
  readonly #source: string;
  #at = 0;
  #steps = 0;

  constructor(source: string) {
    this.#source = source;
  }

  alternatives(): readonly (readonly Step[])[] {
    const alternatives = [this.#alternative()];
    while (this.#next('|')) alternatives.push(this.#alternative());
    return alternatives;
  }

  #alternative(): readonly Step[] {
    const steps: Step[] = [];
    while (this.#at < this.#source.length && this.#source[this.#at] !== '|') {
      const added = this.#piece();
      this.#steps += added.length;
      if (this.#steps > MOST_STEPS) throw invalidPattern();
      steps.push(...added);
    }
    return steps;
  }

  #piece(): readonly Step[] {
    if (this.#next('^')) return [{ kind: 'start' }];
    if (this.#next('$')) return [{ kind: 'end' }];
    const accepts = this.#atom();
    if (this.#next('?')) return [{ kind: 'maybe', accepts }];
    if (this.#next('*')) return [{ kind: 'many', accepts }];
    if (this.#next('+'))
      return [
        { kind: 'once', accepts },
        { kind: 'many', accepts },
      ];
    return this.#repeated(accepts);
  }

  /** With `{m}`, `{m,}` or `{m,n}` if one follows. */
  #repeated(accepts: (character: string) => boolean): readonly Step[] {
    if (this.#source[this.#at] !== '{') return [{ kind: 'once', accepts }];
    const [whole, least = '', comma, most] =
      /^\{\s*(\d{1,4})\s*(,)?\s*(\d{1,4})?\s*\}/.exec(this.#source.slice(this.#at)) ?? [];
    if (whole === undefined || (comma === undefined && most !== undefined)) throw invalidPattern();
    this.#at += whole.length;
    const from = Number(least);
    const required: Step[] = Array.from({ length: Math.min(from, MOST_STEPS + 1) }, () => ({
      kind: 'once',
      accepts,
    }));
    if (comma === undefined) return required;
    if (most === undefined) return [...required, { kind: 'many', accepts }];
    const optional = Number(most) - from;
    if (optional < 0) throw invalidPattern();
    return [...required, ...Array.from({ length: optional }, (): Step => ({ kind: 'maybe', accepts }))];
  }

  #atom(): (character: string) => boolean {
    const character = this.#take();
    if (character === '.') return (given) => given !== '\n';
    if (character === '[') return this.#class();
    if (character === '\\') return this.#escaped();
    if (!LITERAL.test(character)) throw invalidPattern();
    return (given) => given === character;
  }

  #escaped(): (character: string) => boolean {
    const character = this.#take();
    if (Object.hasOwn(CLASSES, character)) {
      const set = CLASSES[character]!;
      return (given) => set.test(given);
    }
    const literal = this.#literalEscape(character);
    return (given) => given === literal;
  }

  /** `\x41`, or a symbol that stands for itself. @param character after the backslash */
  #literalEscape(character: string): string {
    if (character === 'x') {
      const [hex] = /^[0-9A-Fa-f]{2}/.exec(this.#source.slice(this.#at)) ?? [];
      if (hex === undefined) throw invalidPattern();
      this.#at += 2;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    if (/[A-Za-z0-9]/.test(character)) throw invalidPattern();
    return character;
  }

  #class(): (character: string) => boolean {
    const inverted = this.#next('^');
    const tests: ((character: string) => boolean)[] = [];
    while (!this.#next(']')) tests.push(this.#member());
    if (tests.length === 0) throw invalidPattern();
    return (given) => tests.some((test) => test(given)) !== inverted;
  }

  /** One character of a class, or a range of them. */
  #member(): (character: string) => boolean {
    const first = this.#take();
    if (first === '\\' && Object.hasOwn(CLASSES, this.#source[this.#at] ?? '')) return this.#escaped();
    const from = first === '\\' ? this.#literalEscape(this.#take()) : first;
    const isRange = this.#source[this.#at] === '-' && (this.#source[this.#at + 1] ?? ']') !== ']';
    if (!isRange) return (given) => given === from;
    this.#at += 1;
    const last = this.#take();
    const to = last === '\\' ? this.#literalEscape(this.#take()) : last;
    if (to < from) throw invalidPattern();
    return (given) => given >= from && given <= to;
  }

  #next(symbol: string): boolean {
    if (this.#source[this.#at] !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #take(): string {
    const character = this.#source[this.#at];
    if (character === undefined) throw invalidPattern();
    this.#at += 1;
    return character;
  }
}
