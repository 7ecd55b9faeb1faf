import type { CommandModule } from 'yargs';
import { WildRydesError } from '../../telemetry/errors.ts';
import { BUCKETS, TABLES } from '../../telemetry/topology.ts';
import type { ArchiveFlags } from '../archive/query-archive.ts';
import { oneText, prefixOption, TARGET_OPTIONS } from '../options.ts';

const WHAT = { group: 'What:' } as const;
const ARCHIVE = { group: 'From the archive:' } as const;

/** `wildrydes query`: a unicorn's summaries from the table, or SQL over the archive. */
export const queryCommand: CommandModule<object, ArchiveFlags> = {
  command: 'query',
  describe: `a unicorn's summaries, from the table ${TABLES.summaries.name}; or the archive, in SQL`,
  builder: (yargs) =>
    yargs
      .options({
        name: oneText("the unicorn's name (required, but for the archive)", WHAT),
        since: oneText('from this UTC time on, or from that long ago: 10m [default: everything]', WHAT),
        prefix: prefixOption(WHAT),
        // May stand alone, to be told what there is.
        archive: oneText('a query in SQL over every reading of the archive; alone: tells what can be asked', {
          ...ARCHIVE,
          requiresArg: false,
        }),
        saved: oneText("a query of the kit's: positions, low-vitals, after or distance", {
          ...ARCHIVE,
          requiresArg: false,
        }),
        until: oneText('up to this UTC time, or until that long ago: 5m [default: everything]', ARCHIVE),
        bucket: oneText(
          `bucket of the archive, by its whole name [default: ${BUCKETS.archive}, after the prefix; on AWS account and region follow]`,
          ARCHIVE,
        ),
        'athena-output': oneText(
          "where Athena leaves its answers, on AWS, and reads without the kit's limit [default: s3://BUCKET/athena-results/]",
          ARCHIVE,
        ),
        ...TARGET_OPTIONS,
        json: { type: 'boolean', group: 'What you see:', describe: 'NDJSON, a summary or a row a line' },
      })
      .example('$0 query --name Rocinante --since 10m', 'the last ten minutes')
      .example('$0 query --name Rocinante --json --aws', 'everything, from AWS')
      .example('$0 query --name Rocinante --region us-west-2 --prefix alice', "from alice's table")
      .example('$0 query --archive "SELECT COUNT(*) FROM readings"', 'how many readings the archive has')
      .example('$0 query --archive --saved positions --name Rocinante', 'where Rocinante went')
      .example('$0 query --archive', 'what the archive can be asked'),
  handler: async (flags) => {
    if (flags.archive !== undefined || flags.saved !== undefined) {
      const { queryArchive } = await import('../archive/query-archive.ts');
      return queryArchive(flags);
    }
    if (flags.name === undefined) {
      throw new WildRydesError('USAGE', 'an option is missing: --name', {
        next: 'Add --help to see what is possible.',
      });
    }
    refuseArchiveOptions(flags);
    const { query } = await import('../query.ts');
    await query({ ...flags, name: flags.name });
  },
};

function refuseArchiveOptions(flags: ArchiveFlags): void {
  for (const option of ['until', 'bucket', 'athena-output'] as const) {
    if (flags[option] !== undefined) {
      throw new WildRydesError('USAGE', `--${option} goes with --archive only (given ${flags[option]})`);
    }
  }
}
