import {
  type BackfillProgress,
  BackfillStopped,
  backfill,
  type ScanPosition,
  shownSearchEndpoint,
} from '../infra/backfill.ts';
import { describeTarget, resolveTarget, type TargetFlags } from '../infra/target.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { quote } from '../telemetry/excerpt.ts';
import { TABLES } from '../telemetry/topology.ts';
import { explainTarget } from './advice.ts';
import { onInterrupt } from './interrupt.ts';
import { readInteger } from './options.ts';
import { prefixAt, wholeName } from './shell/prefix.ts';
import { printable } from './terminal.ts';

export interface BackfillFlags extends TargetFlags {
  readonly table?: string | undefined;
  /** Of a deployment that shares its account: `alice`. */
  readonly prefix?: string | undefined;
  readonly search: string | undefined;
  readonly segments?: string | undefined;
  readonly from?: string | undefined;
}

/** Refused items that are named. */
const MOST_NAMED = 10;

/**
 * Puts a table's items into the search index, until all are there or until Ctrl-C, and tells how far it is.
 *
 * @throws WildRydesError USAGE; NOT_FOUND when there is no such table; UNREACHABLE when something does not answer, with
 *   where to go on
 */
export async function backfillCommandOf(flags: BackfillFlags): Promise<void> {
  const target = resolveTarget(flags, process.env);
  const { table: name, prefix } = flags;
  const table = readTable(
    wholeName({ option: '--table', name, prefix }) ??
      prefixAt(target, process.env, prefix) + TABLES.summaries.name,
  );
  const positions = readPositions(flags.from);
  const segments = readSegments(flags.segments, positions);
  const searchEndpoint = flags.search ?? '';
  const interrupt = onInterrupt();
  let named = 0;
  const onRefused = (id: string, reason: string) => {
    if (++named <= MOST_NAMED) process.stderr.write(`not taken: ${printable(id)}: ${printable(reason)}\n`);
  };
  const onProgress = ({ indexed }: BackfillProgress) => void process.stderr.write(`${indexed} items\n`);
  try {
    const done = await backfill(
      target,
      { table, searchEndpoint, segments, positions, onProgress, onRefused, signal: interrupt.signal },
      process.env,
    );
    process.stdout.write(`${summaryOf(done, table, searchEndpoint)}\n`);
  } catch (error) {
    if (error instanceof BackfillStopped) throw stopped(error);
    throw explainTarget(
      error,
      target,
      (cause) =>
        new WildRydesError('NOT_FOUND', `there is no table ${table} at ${describeTarget(target)}`, { cause }),
    );
  } finally {
    interrupt.release();
  }
}

function summaryOf(done: BackfillProgress, table: string, endpoint: string): string {
  const { indexed, refused, positions } = done;
  const ended = positions.every((position) => position === 'done');
  const text = `${indexed} items of ${table} are in the index at ${shownSearchEndpoint(endpoint)}`;
  const not = refused === 0 ? '' : `, ${refused} were not taken`;
  return ended ? `${text}${not}` : `${text}${not}; go on with --from ${tokenOf(positions)}`;
}

function stopped({ message, progress }: BackfillStopped): WildRydesError {
  return new WildRydesError('UNREACHABLE', `stopped after ${progress.indexed} items: ${printable(message)}`, {
    next: `Once that is mended, go on with the same command and --from ${tokenOf(progress.positions)}`,
  });
}

/** Source of the rule: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
function readTable(table: string): string {
  if (/^[a-zA-Z0-9_.-]{3,255}$/.test(table)) return table;
  throw new WildRydesError(
    'USAGE',
    `--table must be 3 to 255 letters, digits, dots, dashes and underscores (given ${quote(table)})`,
  );
}

function readSegments(
  text: string | undefined,
  positions: readonly (ScanPosition | undefined)[] | undefined,
): number | undefined {
  const segments = text === undefined ? undefined : readInteger('--segments', text, 1, 64);
  if (segments === undefined || positions === undefined || segments === positions.length) return segments;
  throw new WildRydesError(
    'USAGE',
    `--segments must be what it was before --from, ${positions.length} (given ${segments})`,
  );
}

function tokenOf(positions: readonly (ScanPosition | undefined)[]): string {
  // Keys may hold bytes, which JSON has no form for.
  const text = JSON.stringify(positions, (_, value: unknown) =>
    value instanceof Uint8Array ? { bytes: Buffer.from(value).toString('base64') } : (value ?? null),
  );
  return Buffer.from(text).toString('base64url');
}

function readPositions(token: string | undefined): (ScanPosition | undefined)[] | undefined {
  if (token === undefined) return undefined;
  let positions: unknown;
  try {
    positions = JSON.parse(Buffer.from(token, 'base64url').toString(), (_, value: unknown) => {
      const { bytes } = (value ?? {}) as { bytes?: unknown };
      return typeof bytes === 'string' ? new Uint8Array(Buffer.from(bytes, 'base64')) : value;
    });
  } catch {
    positions = undefined;
  }
  const isPosition = (each: unknown): each is ScanPosition | null =>
    each === null || each === 'done' || (typeof each === 'object' && 'after' in each);
  if (!Array.isArray(positions) || positions.length === 0 || !positions.every(isPosition)) {
    throw new WildRydesError('USAGE', `--from must be what an earlier backfill told (given ${quote(token)})`);
  }
  return positions.map((each) => each ?? undefined);
}
