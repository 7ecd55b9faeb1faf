import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Children } from './harness/children.ts';
import { describeMachine, load } from './harness/machine.ts';
import { Quiet } from './harness/quiet.ts';
import { markdown, type Outcome, rowText, type Session } from './harness/report.ts';
import type { Bench, Row } from './harness/row.ts';
import { yardstick } from './harness/yardstick.ts';
import { ROWS } from './rows/index.ts';

const HELP = `npm run bench -- [options]

  --row NAME    only this row; repeat it for more
  --quick       fewer and shorter rounds, to see that it works
  --rounds N    measurements of each contestant [default: 5]
  --json        the results as JSON on standard output
  --list        the rows

A whole run takes about half an hour, and writes bench/RESULTS.md.
`;

/** Milliseconds that a whole run may wait for the rest of the machine to come to rest. */
const PATIENCE = 180_000;

const here = import.meta.dirname;
const folder = join(here, '..');

const flags = readFlags();
if (flags.help || flags.list) {
  process.stdout.write(
    flags.help ? HELP : ROWS.map(({ name, what }) => `${name.padEnd(18)}${what}\n`).join(''),
  );
} else {
  process.exitCode = await main();
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        row: { type: 'string', multiple: true },
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    return fail((error as Error).message);
  }
}

function fail(message: string): never {
  process.stderr.write(`bench: ${message}\n\n${HELP}`);
  process.exit(2);
}

/** @returns the exit status: 0 when every row ran, whatever it reached; 1 when one broke off */
async function main(): Promise<number> {
  const rows = chosenRows();
  const rounds = Number(flags.rounds ?? (flags.quick ? 2 : 5));
  if (!(Number.isInteger(rounds) && rounds > 0))
    fail(`--rounds must be a whole number (given ${flags.rounds})`);

  const children = new Children(here, join(folder, '..'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void children.stopAll().finally(() => process.exit(130)));
  }
  const before = load();
  // A quick run is to see that it works: nobody waits for it.
  const quiet = new Quiet(flags.quick ? 0 : PATIENCE);
  const outcomes: Outcome[] = [];
  for (const row of rows) {
    const outcome = await runRow(row, { quick: flags.quick, rounds, children, quiet });
    outcomes.push(outcome);
    process.stderr.write(`${rowText(outcome)}\n`);
  }
  const session: Session = {
    command: `npm run bench${flags.rounds === undefined ? '' : ` -- --rounds ${rounds}`}`,
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    load: { before, after: load() },
    quiet: quiet.words,
    rounds,
    quick: flags.quick,
    versions: versions(),
    outcomes,
  };
  // The table is of one run: part of a run, or a quick one, never gets into it.
  if (!flags.quick && rows.length === ROWS.length)
    writeFileSync(join(folder, 'RESULTS.md'), markdown(session));
  if (flags.json) process.stdout.write(`${JSON.stringify(session)}\n`);
  return outcomes.some((outcome) => 'error' in outcome) ? 1 : 0;
}

function chosenRows(): readonly Row[] {
  const names = flags.row ?? [];
  const unknown = names.find((name) => !ROWS.some((row) => row.name === name));
  if (unknown !== undefined) {
    fail(`there is no row ${unknown}; the rows are ${ROWS.map(({ name }) => name).join(', ')}`);
  }
  return names.length === 0 ? ROWS : ROWS.filter(({ name }) => names.includes(name));
}

/** Runs a row, and leaves nothing of it behind. */
async function runRow(row: Row, bench: Omit<Bench, 'folder' | 'progress'>): Promise<Outcome> {
  const started = performance.now();
  const temporary = mkdtempSync(join(tmpdir(), 'wildrydes-bench-'));
  const progress = (text: string) => void process.stderr.write(`  ${text}\n`);
  process.stderr.write(`${row.name}: ${row.what}\n`);
  try {
    const before = await yardstick();
    const result = await row.run({ ...bench, folder: temporary, progress });
    if ('skipped' in result) return { row, skipped: result.skipped };
    const speed = (before + (await yardstick())) / 2;
    return { row, result, speed, seconds: (performance.now() - started) / 1_000 };
  } catch (error) {
    return { row, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    await bench.children.stopAll();
    rmSync(temporary, { recursive: true, force: true });
  }
}

function versions(): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return dependencies;
}
