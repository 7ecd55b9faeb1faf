import { type Changes, differences } from '../../aggregation/control/update.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { quote } from '../../telemetry/excerpt.ts';
import { readInteger } from '../options.ts';
import { printable } from '../terminal.ts';
import { saysYes } from './confirm.ts';
import type { AggregationFlags } from './flags.ts';
import { tellOutcome, withApplication } from './run.ts';
import { differenceLines, snapshotLine, snapshotObject, stateLines, stateObject } from './show.ts';
import { codeFile, uploadedCode } from './upload.ts';

/** `wildrydes aggregation status` */
export function status(flags: AggregationFlags): Promise<void> {
  return withApplication(flags, async ({ control, print }) => {
    const state = await control.state();
    print(stateObject(state), stateLines(state).map(printable));
  });
}

export interface StartFlags extends AggregationFlags {
  readonly snapshot?: string | undefined;
  readonly fresh?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly allowNonRestoredState?: boolean | undefined;
}

/** `wildrydes aggregation start` */
export async function start(flags: StartFlags): Promise<void> {
  if (flags.fresh) await confirm(flags.yes === true);
  await withApplication(flags, async (session) => {
    const origin =
      flags.snapshot !== undefined
        ? ({ from: 'snapshot', name: flags.snapshot } as const)
        : ({ from: flags.fresh ? 'nothing' : 'latest' } as const);
    await tellOutcome(session, await session.control.start(origin, flags.allowNonRestoredState === true));
  });
}

/** Without its state, it reads the stream again from its oldest record on, of which the first minutes may be gone in part. */
async function confirm(yes: boolean): Promise<void> {
  if (yes) return;
  const meaning =
    'It would read the stream from its oldest record on, and write the summaries of what is left in it again: of the ' +
    'first minute maybe with less in it than before.';
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new WildRydesError('USAGE', '--fresh throws the state of the aggregation away', {
      next: `${meaning} Say --yes if that is what you want.`,
    });
  }
  const dialogue = { input: process.stdin, output: process.stderr };
  if (await saysYes(`${meaning}\nStart without its state? [y/N] `, dialogue)) return;
  throw new WildRydesError('USAGE', 'not started: --fresh was not confirmed');
}

/** `wildrydes aggregation stop` */
export function stop(flags: AggregationFlags & { readonly force?: boolean | undefined }): Promise<void> {
  return withApplication(flags, async (session) => {
    await tellOutcome(session, await session.control.stop(flags.force === true));
  });
}

export interface UpdateFlags extends AggregationFlags {
  readonly jar?: string | undefined;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  readonly parallelism?: string | undefined;
  readonly runtime?: string | undefined;
  readonly property?: string | readonly string[] | undefined;
  readonly allowNonRestoredState?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** `wildrydes aggregation update` */
export function update(flags: UpdateFlags): Promise<void> {
  const { jar, parallelism, runtime, property } = flags;
  if ([jar, parallelism, runtime, property].every((given) => given === undefined)) {
    throw new WildRydesError('USAGE', 'update must say what changes', {
      next: 'Such as --jar FILE --bucket BUCKET, --parallelism 2 or --property InputStream0.stream.name=wildrydes',
    });
  }
  const properties = property === undefined ? undefined : [property].flat().map(readProperty);
  const slots = parallelism === undefined ? undefined : readInteger('--parallelism', parallelism, 1, 1_024);
  return withApplication(flags, async (session) => {
    const asked: Changes = {
      ...(slots === undefined ? {} : { parallelism: slots }),
      ...(runtime === undefined ? {} : { runtime: runtime as NonNullable<Changes['runtime']> }),
      ...(properties === undefined ? {} : { properties }),
      allowNonRestoredState: flags.allowNonRestoredState === true,
    };
    const { control, name, print } = session;
    const jarToUpload = jar === undefined ? undefined : await codeFile({ ...flags, jar });
    if (flags.dryRun) {
      const code = jarToUpload === undefined ? {} : { code: jarToUpload };
      const would = differences(await control.configured(), { ...asked, ...code });
      print({ name, dryRun: true, differences: would }, differenceLines(would).map(printable));
      return;
    }
    const code = jarToUpload === undefined ? {} : { code: await uploadedCode(jarToUpload, session.target) };
    await tellOutcome(session, await control.update({ ...asked, ...code }));
  });
}

/** `GROUP.KEY=VALUE`: a group's name has no dots, a key may. */
function readProperty(text: string): { group: string; key: string; value: string } {
  const [, group, key, value] = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(text) ?? [];
  if (group !== undefined && key !== undefined && value !== undefined && value !== '')
    return { group, key, value };
  throw new WildRydesError('USAGE', `--property must be GROUP.KEY=VALUE (given ${quote(text)})`, {
    next: 'Such as --property InputStream0.stream.name=wildrydes',
  });
}

export interface SnapshotFlags extends AggregationFlags {
  readonly what?: string | undefined;
  readonly snapshot?: string | undefined;
}

/** `wildrydes aggregation snapshot [create|list|delete] [snapshot]` */
export function snapshot({ what = 'create', ...flags }: SnapshotFlags): Promise<void> {
  return withApplication(flags, async ({ control, name, print }) => {
    switch (what) {
      case 'create': {
        const made = flags.snapshot ?? `snapshot-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
        const detail = await control.createSnapshot(made);
        print(detail === undefined ? { name: made, waited: false } : snapshotObject(detail), [
          detail === undefined ? `snapshot ${made} is being made` : printable(snapshotLine(detail)),
        ]);
        return;
      }
      case 'list': {
        const snapshots = await control.snapshots();
        print(
          snapshots.map(snapshotObject),
          snapshots.length === 0
            ? [`application ${name} has no snapshot`]
            : snapshots.map((each) => printable(snapshotLine(each))),
        );
        return;
      }
      case 'delete': {
        if (flags.snapshot === undefined) {
          throw new WildRydesError('USAGE', 'delete must name a snapshot', {
            next: 'See which there are with ./wildrydes aggregation snapshot list',
          });
        }
        await control.deleteSnapshot(flags.snapshot);
        print({ deleted: flags.snapshot }, [`snapshot ${flags.snapshot} is being deleted`]);
        return;
      }
      default:
        throw new WildRydesError(
          'USAGE',
          `snapshot must be followed by create, list or delete (given ${quote(what)})`,
        );
    }
  });
}

/** `wildrydes aggregation rollback` */
export function rollback(flags: AggregationFlags): Promise<void> {
  return withApplication(flags, async (session) => {
    await tellOutcome(session, await session.control.rollback());
  });
}
