import type { CommandModule } from 'yargs';
import { TABLES } from '../../telemetry/topology.ts';
import { oneText, TARGET_OPTIONS } from '../options.ts';
import type { QueryFlags } from '../query.ts';

/** `wildrydes query`: a unicorn's summaries, from the table. */
export const queryCommand: CommandModule<object, QueryFlags> = {
  command: 'query',
  describe: `a unicorn's summaries, from the table ${TABLES.summaries.name}`,
  builder: (yargs) =>
    yargs
      .options({
        name: oneText("the unicorn's name (required)", { group: 'What:', demandOption: true }),
        since: oneText('from this UTC time on, or from that long ago: 10m [default: everything]', {
          group: 'What:',
        }),
        ...TARGET_OPTIONS,
        json: { type: 'boolean', group: 'What you see:', describe: 'NDJSON, a summary a line' },
      })
      .example('$0 query --name Rocinante --since 10m', 'the last ten minutes')
      .example('$0 query --name Rocinante --json --aws', 'everything, from AWS'),
  handler: async (flags) => {
    const { query } = await import('../query.ts');
    await query(flags);
  },
};
