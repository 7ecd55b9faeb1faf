/**
 * One step of a guide in Markdown whose commands are run as written. A block of `sh` is a step; `sh again` one that is
 * run until it shows what it should; `sh second` is typed in a second shell and goes on there until a line
 * `<!-- second: Ctrl-C -->`; `sh outside` is typed before a shell is open, or opens it. Blocks of `sh aws` are for AWS
 * alone, and not run; nor are those of `sh stacks`, in which the kit deploys. The block after a step, of `json` or
 * `text`, is what it shows at least; `text example` is not compared, and other languages are not commands.
 */
export interface WalkStep {
  /** Where it stands in the guide, from 1. */
  readonly line: number;
  readonly commands: string;
  readonly where: 'first' | 'second' | 'outside' | 'aws' | 'stacks';
  readonly again: boolean;
  /** Parts of the last JSON value on its standard output, or whole lines of it in which `…` is any text. */
  readonly shows?: { readonly kind: 'json' | 'text'; readonly text: string };
}

/** Ctrl-C in the second shell. */
export interface CtrlC {
  readonly line: number;
  readonly interrupts: 'second';
}

const STEPS: Readonly<Record<string, Pick<WalkStep, 'where' | 'again'>>> = {
  sh: { where: 'first', again: false },
  'sh again': { where: 'first', again: true },
  'sh local': { where: 'first', again: false },
  'sh local again': { where: 'first', again: true },
  'sh outside': { where: 'outside', again: false },
  'sh second': { where: 'second', again: false },
  'sh aws': { where: 'aws', again: false },
  'sh stacks': { where: 'stacks', again: false },
};

const SHOWN: ReadonlySet<string> = new Set(['text example', 'mermaid', 'js', 'ts']);

/** @throws Error for a block of another kind or in another place, so that none is passed over */
export function readWalk(markdown: string): readonly (WalkStep | CtrlC)[] {
  const steps: (WalkStep | CtrlC)[] = [];
  const parts = /^```(.*)\n([\s\S]*?)^```$|^<!-- second: Ctrl-C -->$/gm;
  for (const { 1: kind, 2: text = '', index } of markdown.matchAll(parts)) {
    const line = markdown.slice(0, index).split('\n').length;
    if (kind === undefined) {
      steps.push({ line, interrupts: 'second' });
      continue;
    }
    if (SHOWN.has(kind)) continue;
    const step = STEPS[kind];
    if (step !== undefined) {
      steps.push({ line, commands: text, ...step });
      continue;
    }
    const last = steps.pop();
    const expected = (kind === 'json' || kind === 'text') && last !== undefined && 'commands' in last;
    if (!expected || last.shows !== undefined || last.where === 'second') {
      throw new Error(`line ${line}: a block of ${JSON.stringify(kind)} is not expected here`);
    }
    steps.push({ ...last, shows: { kind, text } });
  }
  return steps;
}

/** The last JSON value of an output, from the last line that begins with one: the CLI indents what is inside of it. */
export function lastJson(output: string): unknown {
  const start = output.search(/^[[{"](?![\s\S]*^[[{"])/m);
  return start < 0 ? undefined : JSON.parse(output.slice(start));
}

/** The lines of a text that an output does not have; `…` in one stands for any text. */
export function missingLines(output: string, text: string): string[] {
  const lines = output.split(/[\n\t]/);
  return text
    .trim()
    .split('\n')
    .filter((wanted) => {
      const pattern = new RegExp(`^${wanted.split('…').map(literally).join('.*')}$`, 'u');
      return !lines.some((line) => pattern.test(line));
    });
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
