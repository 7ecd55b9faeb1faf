/**
 * Accepts the spelling of older guides, whose clients took one dash: `-region us-west-2 -name Rocinante`.
 * A single dash before two or more letters becomes a double one; values, numbers (`-1`), one-letter flags and
 * everything after `--` stay as they are.
 *
 * A value that follows an option is never touched, so `--name -odd` still names a unicorn `-odd`.
 */
export function normaliseOlderSpelling(argv: readonly string[]): string[] {
  const normalised: string[] = [];
  let expectsValue = false;
  for (const [index, argument] of argv.entries()) {
    if (argument === '--') return [...normalised, ...argv.slice(index)];
    const older: boolean = !expectsValue && /^-[a-z]{2,}[a-z-]*(=|$)/.test(argument);
    const current: string = older ? `-${argument}` : argument;
    normalised.push(current);
    expectsValue = /^--[a-z-]+$/.test(current) && TAKES_VALUE.has(current.slice(2));
  }
  return normalised;
}

/** Options whose value may itself begin with a dash. */
const TAKES_VALUE: ReadonlySet<string> = new Set(['name', 'seed', 'stream', 'to', 'data']);
