import type { CommandModule } from 'yargs';
import { oneOf, oneRegion, oneText, PORT_OPTION } from '../options.ts';
import type { ShellFlags } from '../shell/shell.ts';

const WHERE = { group: 'Where:' };

/** `wildrydes shell`: a subshell in which other people's tools talk to the local cloud. */
export const shellCommand: CommandModule<object, ShellFlags> = {
  command: 'shell',
  describe: 'a shell in which the AWS CLI and every SDK talk to the local cloud',
  builder: (yargs) =>
    yargs
      .options({
        target: oneOf('--target', ['local', 'aws'], 'local or aws [default: local]', WHERE),
        port: PORT_OPTION,
        region: oneRegion('AWS region, with --target aws', WHERE),
        profile: oneText('AWS profile, with --target aws', WHERE),
        prefix: oneText(
          'the variable PREFIX, which goes before each name where people share an account, such as alice [default: none]',
          { group: 'What:' },
        ),
        command: oneText('run this command and leave with its exit status', { group: 'What:', alias: 'c' }),
      })
      .example('$0 shell', 'then: aws kinesis list-streams')
      .example("$0 shell -c 'aws kinesis list-streams'", 'one command'),
  handler: async (flags) => {
    const { shell } = await import('../shell/shell.ts');
    process.exitCode = await shell(flags);
  },
};
