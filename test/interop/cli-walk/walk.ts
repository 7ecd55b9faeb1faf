/**
 * One step of a guide in Markdown whose commands are run as written. A block of `sh` is a step; `sh again` one that is
 * run until it shows what it should. The block after it, of `json` or `text`, is what it shows at least.
 */
export interface WalkStep {
  /** Where it stands in the guide, from 1. */
  readonly line: number;
  readonly commands: string;
  readonly again: boolean;
  /** Parts of the last JSON value on its standard output, or whole lines of it. */
  readonly shows?: { readonly kind: 'json' | 'text'; readonly text: string };
}

/** @throws Error for a block of another kind or in another place, so that none is passed over */
export function readWalk(markdown: string): readonly WalkStep[] {
  const steps: WalkStep[] = [];
  for (const { 1: kind = '', 2: text = '', index } of markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)) {
    const line = markdown.slice(0, index).split('\n').length;
    if (kind === 'sh' || kind === 'sh again') {
      steps.push({ line, commands: text, again: kind === 'sh again' });
      continue;
    }
    const last = steps.pop();
    if ((kind !== 'json' && kind !== 'text') || last === undefined || last.shows !== undefined) {
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
