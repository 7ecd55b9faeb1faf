import type { CommandModule } from 'yargs';
import type { AccountFlags } from '../deploy/flags.ts';
import { ACCOUNT_OPTIONS } from '../deploy/options.ts';

/** `wildrydes outputs`: what is deployed. */
export const outputsCommand: CommandModule<object, AccountFlags> = {
  command: 'outputs',
  describe: 'what is deployed on AWS: names, ARNs and links',
  builder: (yargs) =>
    yargs
      .options(ACCOUNT_OPTIONS)
      .example('$0 outputs --prefix alice', 'of one participant')
      .example('$0 outputs --json', 'for a program, with alarms and log groups'),
  handler: async (flags) => (await import('../deploy/commands.ts')).outputsCommand(flags),
};
