import type { CommandModule } from 'yargs';
import type { DestroyFlags } from '../deploy/flags.ts';
import { ACCOUNT_OPTIONS, STACK_OPTION, YES_OPTION } from '../deploy/options.ts';

/** `wildrydes destroy`: takes away what `deploy` made, and looks whether anything is left. */
export const destroyCommand: CommandModule<object, DestroyFlags> = {
  command: 'destroy',
  describe: 'take away what deploy made on AWS, with all that is in it, and look at what is left',
  builder: (yargs) =>
    yargs
      .options({
        stack: {
          ...STACK_OPTION,
          describe: 'this stack and those that stand on it; repeat it for more [default: all]',
        },
        ...YES_OPTION,
        ...ACCOUNT_OPTIONS,
      })
      .example('$0 destroy --region us-west-2', 'everything without a prefix')
      .example('$0 destroy --prefix alice --stack Search', 'the search of one participant'),
  handler: async (flags) => (await import('../deploy/commands.ts')).destroyCommand(flags),
};
