import type { CommandModule } from 'yargs';
import type { TargetFlags } from '../../infra/target.ts';
import { TABLES } from '../../telemetry/topology.ts';
import { TARGET_OPTIONS } from '../options.ts';

export interface QueryFlags extends TargetFlags {
  readonly name: string;
  readonly since?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `wildrydes query`: a unicorn's summaries, from the table. */
export const queryCommand: CommandModule<object, QueryFlags> = {
  command: 'query',
  describe: `a unicorn's summaries, from the table ${TABLES.summaries.name}`,
  builder: (yargs) =>
    yargs
      .options({
        name: { type: 'string', requiresArg: true, demandOption: true, describe: "the unicorn's name" },
        since: {
          type: 'string',
          requiresArg: true,
          describe: 'from this UTC time on, or this long ago: 10m',
        },
        json: { type: 'boolean', describe: 'NDJSON, a summary a line' },
        ...TARGET_OPTIONS,
      })
      .example('$0 query --name Rocinante --since 10m', 'the last ten minutes')
      .example('$0 query --name Rocinante --json --aws', 'everything, from AWS'),
  handler: async (flags) => {
    const { query } = await import('../query.ts');
    await query(flags);
  },
};
