import type { CommandModule } from 'yargs';
import { asTyped } from '../hints.ts';
import { DATA_OPTION, lastOf, oneOf, oneText, PORT_OPTION } from '../options.ts';
import type { StartFlags } from '../start/start.ts';

const HOW = { group: 'How:' };

/** `wildrydes start`: the local cloud and the pipeline in it, in the foreground. */
export const startCommand: CommandModule<object, StartFlags> = {
  command: 'start',
  describe: 'run the local cloud, with the pipeline in it',
  builder: (yargs) =>
    yargs
      .options({
        port: PORT_OPTION,
        host: oneText(
          'another address to listen on, for other machines: they can then run code here [default: none]',
          { group: 'Where:' },
        ),
        data: DATA_OPTION,
        ephemeral: { type: 'boolean', group: 'Where:', describe: 'keep nothing', conflicts: 'data' },
        empty: {
          type: 'boolean',
          ...HOW,
          describe: 'just the cloud: no streams, tables, functions or aggregation',
        },
        search: {
          type: 'string',
          ...HOW,
          coerce: lastOf<string>,
          conflicts: 'empty',
          describe:
            'make it searchable: in the OpenSearch at a URL, or in one that is started here (needs Java)',
        },
        aggregation: oneOf(
          '--aggregation',
          ['embedded', 'flink'],
          'what aggregates: embedded, the kit itself, or flink, its job in a mini-cluster (needs Java 17 and Maven) [default: embedded]',
          { ...HOW, conflicts: 'empty' },
        ),
        'enforce-limits': {
          type: 'boolean',
          ...HOW,
          describe: 'each shard takes and gives no more in a second than on AWS',
        },
        detach: { type: 'boolean', ...HOW, describe: asTyped('in the background; ./wildrydes stop ends it') },
        log: oneText(
          'where the cloud tells what goes wrong: a file, of 5 MB at most [default: standard error]',
          HOW,
        ),
      })
      .example('$0 start', 'the pipeline, until Ctrl-C')
      .example('$0 start --detach', 'the pipeline in the background')
      .example('$0 start --search', 'and an OpenSearch that all of it can be found in')
      .example('$0 start --aggregation flink', 'the same with the Flink job, as it runs on AWS')
      .example('$0 start --empty --port 4567 --ephemeral', 'an empty cloud beside it'),
  handler: async (flags) => {
    const { start } = await import('../start/start.ts');
    process.exitCode = await start(flags);
  },
};
