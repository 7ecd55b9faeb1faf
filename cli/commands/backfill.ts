import type { CommandModule } from 'yargs';
import { TABLES } from '../../telemetry/topology.ts';
import type { BackfillFlags } from '../backfill.ts';
import { oneText, prefixOption, TARGET_OPTIONS } from '../options.ts';

/** `wildrydes backfill`: what a table holds, into its search index. */
export const backfillCommand: CommandModule<object, BackfillFlags> = {
  command: 'backfill',
  describe: 'what was in a table before its changes were told, into the search index',
  builder: (yargs) =>
    yargs
      .options({
        table: oneText(`the table, by its whole name [default: ${TABLES.summaries.name}, after the prefix]`, {
          group: 'What:',
        }),
        prefix: prefixOption({ group: 'What:' }),
        search: oneText('URL of the search cluster (required)', { group: 'What:', demandOption: true }),
        segments: oneText('parts of the table that are read side by side, 1 to 64 [default: 1]', {
          group: 'What:',
        }),
        from: oneText('where an earlier one stopped, as it told', { group: 'What:' }),
        ...TARGET_OPTIONS,
      })
      .example('$0 backfill --search http://127.0.0.1:9200', 'the summaries of the local cloud'),
  handler: async (flags) => {
    const { backfillCommandOf } = await import('../backfill.ts');
    await backfillCommandOf(flags);
  },
};
