import { OWN_APPLICATION } from '../../infra/aggregation-engine.ts';
import { nameOf } from '../../infra/aws/naming.ts';
import { asTyped } from '../hints.ts';
import { INTERRUPTED, onInterrupt } from '../interrupt.ts';
import { prefixOf } from '../shell/prefix.ts';
import { deploy } from './deploy.ts';
import { destroy } from './destroy.ts';
import {
  type AccountFlags,
  type DeployFlags,
  type DestroyFlags,
  flagsAgain,
  readSettings,
  readStacks,
  readTarget,
} from './flags.ts';
import { outputs } from './outputs.ts';
import { realWorld } from './real-world.ts';
import { explainAccount } from './refusal.ts';
import type { World } from './world.ts';

/** `wildrydes deploy` */
export async function deployCommand(flags: DeployFlags): Promise<void> {
  const settings = readSettings(flags, process.env);
  await inWorld(flags, ({ prefix, again }, world) =>
    deploy(
      {
        settings,
        profile: flags.profile,
        application: nameOf(prefix, OWN_APPLICATION),
        again,
        yes: flags.yes === true,
        dryRun: flags.dryRun === true,
      },
      world,
    ),
  );
}

/** `wildrydes destroy` */
export async function destroyCommand(flags: DestroyFlags): Promise<void> {
  const stacks = readStacks(flags.stack);
  await inWorld(flags, ({ prefix, again }, world) =>
    destroy(
      { prefix, stacks, application: nameOf(prefix, OWN_APPLICATION), again, yes: flags.yes === true },
      world,
    ),
  );
}

/** `wildrydes outputs` */
export async function outputsCommand(flags: AccountFlags): Promise<void> {
  await inWorld(flags, ({ prefix, again }, world) => outputs(prefix, again, world));
}

/** Runs a command at its target, and explains what goes wrong. Ctrl-C ends it with its own status: nothing is known to be done. */
async function inWorld(
  flags: AccountFlags,
  work: (deployment: { readonly prefix: string; readonly again: string }, world: World) => Promise<void>,
): Promise<void> {
  const target = readTarget(flags, process.env);
  const prefix = prefixOf(process.env, flags.prefix);
  const again = flagsAgain(prefix, target);
  const interrupt = onInterrupt();
  try {
    await work({ prefix, again }, realWorld(target, prefix, flags.json === true, interrupt.signal));
  } catch (error) {
    if (!interrupt.signal.aborted) throw explainAccount(error, target);
  } finally {
    interrupt.release();
  }
  if (!interrupt.signal.aborted) return;
  process.stderr.write(
    asTyped(
      `left before it was done. What CloudFormation has begun goes on without us: ./wildrydes outputs${again} shows how far it is.\n`,
    ),
  );
  process.exitCode = INTERRUPTED;
}
