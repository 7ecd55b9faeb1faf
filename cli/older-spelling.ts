/**
 * Accepts the spelling of older guides, whose clients took one dash: `-region us-west-2 -name Rocinante`.
 * A single dash before two or more letters becomes a double one; values, numbers (`-1`), one-letter flags and
 * everything after `--` stay as they are.
 *
 * A value with one dash that follows an option of text stays a value: `--name -odd` names a unicorn `-odd`.
 */
export function normaliseOlderSpelling(argv: readonly string[]): string[] {
  const normalised: string[] = [];
  let option: string | undefined;
  for (const [index, argument] of argv.entries()) {
    if (argument === '--') return [...normalised, ...argv.slice(index)];
    if (option !== undefined && /^-[^-]/.test(argument)) {
      // Joined, because the parser would take it for a flag.
      normalised[normalised.length - 1] = `${option}=${argument}`;
      option = undefined;
      continue;
    }
    const older: boolean = option === undefined && /^-[a-z]{2,}[a-z-]*(=|$)/.test(argument);
    const current: string = older ? `-${argument}` : argument;
    normalised.push(current);
    option = /^--[a-z-]+$/.test(current) && TAKES_TEXT.has(current.slice(2)) ? current : undefined;
  }
  return normalised;
}

/** Options whose value may itself begin with a dash. */
const TAKES_TEXT: ReadonlySet<string> = new Set(['name', 'seed', 'stream', 'to', 'data']);
