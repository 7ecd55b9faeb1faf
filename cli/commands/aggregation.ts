import type { CommandModule } from 'yargs';
import type { SnapshotFlags, StartFlags, UpdateFlags } from '../control/commands.ts';
import { type AggregationFlags, COMMON_OPTIONS, WAIT_OPTION } from '../control/flags.ts';
import type { LogsFlags } from '../control/logs.ts';
import { oneText } from '../options.ts';

const HOW = { group: 'How:' } as const;
const WHAT = { group: 'What:' } as const;

const NON_RESTORED = {
  'allow-non-restored-state': {
    type: 'boolean',
    ...HOW,
    describe: 'state of the snapshot that the job has no use for any more may be left: it is lost',
  },
} as const;

const commands = () => import('../control/commands.ts');

const statusCommand: CommandModule<object, AggregationFlags> = {
  command: 'status',
  describe: 'its state, version, streams, snapshots, and what was done to it',
  builder: (yargs) => yargs.options(COMMON_OPTIONS),
  handler: async (flags) => (await commands()).status(flags),
};

const startCommand: CommandModule<object, StartFlags> = {
  command: 'start',
  describe: 'start it, from its latest snapshot',
  builder: (yargs) =>
    yargs
      .options({
        snapshot: oneText('from this snapshot, not the latest', { ...HOW, conflicts: 'fresh' }),
        fresh: {
          type: 'boolean',
          ...HOW,
          describe:
            'without its state: from the oldest record of the stream, whatever was written of it before',
        },
        yes: { type: 'boolean', ...HOW, describe: 'do not ask' },
        ...NON_RESTORED,
        ...WAIT_OPTION,
        ...COMMON_OPTIONS,
      })
      .example('$0 aggregation start', 'goes on where it was stopped')
      .example('$0 aggregation start --snapshot before-friday --aws', 'goes on from a snapshot, on AWS'),
  handler: async (flags) => (await commands()).start(flags),
};

const stopCommand: CommandModule<object, AggregationFlags & { readonly force?: boolean | undefined }> = {
  command: 'stop',
  describe: 'stop it, with a snapshot to go on from',
  builder: (yargs) =>
    yargs.options({
      force: {
        type: 'boolean',
        ...HOW,
        describe:
          'also while it starts or changes, and without a snapshot: the next start reads again, from the one before, and ' +
          'sends what it sent since once more, the same to the letter. The local cloud loses nothing by it',
      },
      ...WAIT_OPTION,
      ...COMMON_OPTIONS,
    }),
  handler: async (flags) => (await commands()).stop(flags),
};

const updateCommand: CommandModule<object, UpdateFlags> = {
  command: 'update',
  describe: 'give it other code or another configuration',
  builder: (yargs) =>
    yargs
      .options({
        jar: oneText('the Jar, which is uploaded', WHAT),
        bucket: oneText('bucket that it is uploaded to', WHAT),
        key: oneText("key that it gets [default: the file's name]", WHAT),
        parallelism: oneText('tasks of an operator that run at once', WHAT),
        runtime: oneText('version of Flink, such as FLINK-2_2', WHAT),
        property: {
          type: 'string',
          requiresArg: true,
          ...WHAT,
          describe: 'GROUP.KEY=VALUE; repeat it for more. The others stay',
        },
        'dry-run': { type: 'boolean', ...HOW, describe: 'tell what would change, and change nothing' },
        ...NON_RESTORED,
        ...WAIT_OPTION,
        ...COMMON_OPTIONS,
      })
      .example('$0 aggregation update --jar target/wildrydes-aggregation.jar --bucket code', 'other code')
      .example('$0 aggregation update --property InputStream0.stream.name=wildrydes', 'another stream'),
  handler: async (flags) => (await commands()).update(flags),
};

const snapshotCommand: CommandModule<object, SnapshotFlags> = {
  command: 'snapshot [what] [snapshot]',
  describe: 'create, list or delete snapshots',
  builder: (yargs) =>
    yargs
      .positional('what', { type: 'string', describe: 'create, list or delete [default: create]' })
      .positional('snapshot', { type: 'string', describe: 'its name [default: the time]' })
      .options({ ...WAIT_OPTION, ...COMMON_OPTIONS }),
  handler: async (flags) => (await commands()).snapshot(flags),
};

const rollbackCommand: CommandModule<object, AggregationFlags> = {
  command: 'rollback',
  describe: 'go back to the version before the latest update',
  builder: (yargs) => yargs.options({ ...WAIT_OPTION, ...COMMON_OPTIONS }),
  handler: async (flags) => (await commands()).rollback(flags),
};

const logsCommand: CommandModule<object, LogsFlags> = {
  command: 'logs',
  describe: 'what it wrote to its log',
  builder: (yargs) =>
    yargs.options({
      since: oneText('from that long ago on, such as 10m [default: 10m]', WHAT),
      limit: oneText('lines at most, the latest [default: 1000]', WHAT),
      follow: { type: 'boolean', ...HOW, describe: 'until Ctrl-C, whatever comes' },
      ...COMMON_OPTIONS,
    }),
  handler: async (flags) => (await import('../control/logs.ts')).logs(flags),
};

/** `wildrydes aggregation`: the application that aggregates, here and on AWS. */
export const aggregationCommand: CommandModule = {
  command: 'aggregation',
  describe: 'start, stop and change what aggregates: an application of Managed Flink, here and on AWS',
  builder: (yargs) =>
    yargs
      .command(statusCommand)
      .command(startCommand)
      .command(stopCommand)
      .command(updateCommand)
      .command(snapshotCommand)
      .command(rollbackCommand)
      .command(logsCommand)
      .demandCommand(1, 'Name what to do: status, start, stop, update, snapshot, rollback or logs.')
      .example('$0 aggregation status', 'the one of the local cloud')
      .example('$0 aggregation stop --aws', 'the one on AWS'),
  handler: () => {},
};
