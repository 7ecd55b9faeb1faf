import type { CommandModule } from 'yargs';
import type { CostFlags } from '../cost/cost.ts';
import { oneRegion, oneText } from '../options.ts';

const WHAT = { group: 'What:' } as const;
const SEEN = { group: 'What you see:' } as const;

/** `wildrydes cost`: what the pipeline on AWS costs, before anything is spent. */
export const costCommand: CommandModule<object, CostFlags> = {
  command: 'cost',
  describe: 'what the pipeline costs on AWS, item by item, before anything is spent',
  builder: (yargs) =>
    yargs
      .options({
        unicorns: oneText('that many, a reading a second each [default: 1]', WHAT),
        hours: oneText('how long, such as 8 or 0.5 [default: 1]', WHAT),
        stack: {
          type: 'string',
          array: true,
          requiresArg: true,
          ...WHAT,
          describe:
            'Streaming, Aggregation, Processing, Alerting, Archive, Search, Files, Dashboard or Observability; repeat it for more [default: all]',
        },
        shards: oneText('of each stream [default: as many as it needs]', { ...WHAT, conflicts: 'on-demand' }),
        'on-demand': {
          type: 'boolean',
          ...WHAT,
          describe: 'streams that are paid by what goes through them',
        },
        region: oneRegion('where it runs; prices are those of us-east-1 [default: us-east-1]', WHAT),
        explain: {
          type: 'boolean',
          ...SEEN,
          describe: 'also what is assumed, and why, and where each price was read',
        },
        json: { type: 'boolean', ...SEEN, describe: 'one JSON object, nothing rounded' },
      })
      .example('$0 cost --unicorns 1000 --hours 8', 'a day with a thousand unicorns')
      .example('$0 cost --stack Streaming --stack Processing', 'without what aggregates')
      .example('$0 cost --unicorns 1000 --explain', 'and why'),
  handler: async (flags) => (await import('../cost/cost.ts')).cost(flags),
};
