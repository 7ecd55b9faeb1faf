import type { CommandModule } from 'yargs';
import { defaultStateFolder } from '../../infra/project.ts';
import { DATA_OPTION } from '../options.ts';

/** `wildrydes reset`: throws the local cloud's state away. */
export const resetCommand: CommandModule<object, { readonly data?: string | undefined }> = {
  command: 'reset',
  describe: "throw the local cloud's state away: streams, tables, everything",
  builder: (yargs) =>
    yargs.option('data', DATA_OPTION).example('$0 reset', 'begin anew, after ./wildrydes stop'),
  handler: async ({ data: folder = defaultStateFolder() }) => {
    const { reset } = await import('../reset.ts');
    const removed = await reset(folder);
    process.stdout.write(
      removed ? `removed ${folder}\n` : `nothing to throw away: there is no folder ${folder}\n`,
    );
  },
};
