import type { CommandModule } from 'yargs';
import { LOCAL } from '../../telemetry/topology.ts';
import { readPort } from '../options.ts';

export interface StartFlags {
  readonly port?: number | undefined;
  readonly data?: string | undefined;
  readonly ephemeral?: boolean | undefined;
  readonly detach?: boolean | undefined;
  readonly empty?: boolean | undefined;
}

/** `wildrydes start`: the local cloud and the pipeline in it, in the foreground. */
export const startCommand: CommandModule<object, StartFlags> = {
  command: 'start',
  describe: 'run the local cloud, with the pipeline in it',
  builder: (yargs) =>
    yargs
      .options({
        port: {
          type: 'string',
          requiresArg: true,
          describe: `port, on both loopback addresses [default: ${LOCAL.port}]`,
          coerce: readPort,
        },
        data: {
          type: 'string',
          requiresArg: true,
          describe: `state folder [default: ${LOCAL.state} in the project]`,
        },
        ephemeral: { type: 'boolean', describe: 'keep nothing', conflicts: 'data' },
        detach: { type: 'boolean', describe: 'in the background; ./wildrydes stop ends it' },
        empty: { type: 'boolean', describe: 'just the cloud: no streams, table, functions or aggregation' },
      })
      .example('$0 start', 'the pipeline, until Ctrl-C')
      .example('$0 start --detach', 'the pipeline in the background')
      .example('$0 start --empty --port 4567', 'an empty cloud beside it'),
  handler: async (flags) => {
    const { start } = await import('../start.ts');
    process.exitCode = await start(flags);
  },
};
