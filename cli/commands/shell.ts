import type { CommandModule } from 'yargs';
import { LOCAL } from '../../telemetry/topology.ts';
import { readPort } from '../options.ts';

export interface ShellFlags {
  readonly target: 'local' | 'aws';
  readonly port?: number | undefined;
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly command?: string | undefined;
}

/** `wildrydes shell`: a subshell in which other people's tools talk to the local cloud. */
export const shellCommand: CommandModule<object, ShellFlags> = {
  command: 'shell',
  describe: 'a shell in which the AWS CLI and every SDK talk to the local cloud',
  builder: (yargs) =>
    yargs
      .options({
        target: {
          choices: ['local', 'aws'] as const,
          default: 'local' as 'local' | 'aws',
          describe: 'where tools talk to',
        },
        port: {
          type: 'string',
          requiresArg: true,
          describe: `port of the local cloud [default: ${LOCAL.port}]`,
          coerce: readPort,
        },
        region: { type: 'string', requiresArg: true, describe: 'AWS region, with --target aws' },
        profile: { type: 'string', requiresArg: true, describe: 'AWS profile, with --target aws' },
        command: { alias: 'c', type: 'string', requiresArg: true, describe: 'run this command and leave' },
      })
      .example('$0 shell', 'then: aws kinesis list-streams')
      .example("$0 shell -c 'aws dynamodb scan --table-name UnicornSensorData'", 'one command'),
  handler: async (flags) => {
    const { shell } = await import('../shell.ts');
    process.exitCode = await shell(flags);
  },
};
