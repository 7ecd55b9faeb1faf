import { existsSync, readdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { lockState } from '../../infra/local/state-lock.ts';
import { defaultStateFolder } from '../../infra/project.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { LOCAL } from '../../telemetry/topology.ts';

interface ResetFlags {
  readonly data?: string | undefined;
}

/** `wildrydes reset`: throws the local cloud's state away. */
export const resetCommand: CommandModule<object, ResetFlags> = {
  command: 'reset',
  describe: "throw the local cloud's state away",
  builder: (yargs) =>
    yargs.options({
      data: {
        type: 'string',
        requiresArg: true,
        describe: `state folder [default: ${LOCAL.state} in the project]`,
      },
    }),
  handler: async (flags) => {
    const folder = resolve(flags.data ?? defaultStateFolder());
    if (!existsSync(folder)) {
      process.stdout.write(`nothing to reset: ${folder} does not exist\n`);
      return;
    }
    if (!isStateFolder(folder)) {
      throw new WildRydesError(
        'STATE_UNUSABLE',
        `${folder} does not look like a state folder: it is left as it is`,
      );
    }
    (await lockState(folder)).release();
    rmSync(folder, { recursive: true });
    process.stdout.write(`removed ${folder}\n`);
  },
};

/** A folder is only ever removed when nothing else than a cloud's state is in it. */
function isStateFolder(folder: string): boolean {
  return readdirSync(folder).every((name) => OURS.has(name));
}

const OURS: ReadonlySet<string> = new Set([
  'aggregation',
  'aws',
  'cloud.log',
  'dynamodb',
  'kinesis',
  'lambda',
  'lock',
  'sns',
]);
