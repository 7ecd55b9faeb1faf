import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createControlClient } from '../../infra/local/control/client.ts';
import { defaultStateFolder } from '../../infra/project.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { readPrefix } from '../../telemetry/prefix.ts';
import { LOCAL } from '../../telemetry/topology.ts';
import { portFlag } from '../hints.ts';
import {
  applied,
  awsConfig,
  awsCredentials,
  awsEnvironment,
  type Environment,
  localEnvironment,
  type ShellEnvironment,
} from './environment.ts';
import { startUp } from './start-up.ts';

export interface ShellFlags {
  readonly target?: 'local' | 'aws' | undefined;
  readonly port?: number | undefined;
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly prefix?: string | undefined;
  readonly command?: string | undefined;
}

/**
 * Opens a subshell with a marked prompt in which the AWS CLI and every SDK talk to one target, or runs one command in
 * it.
 *
 * @returns the subshell's exit status
 * @throws WildRydesError UNREACHABLE when no local cloud runs; USAGE from within a shell towards another target;
 *   STATE_UNUSABLE when the shell's own files cannot be written
 */
export async function shell(flags: ShellFlags): Promise<number> {
  // Set by main.ts for this process alone.
  const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _, ...outer } = process.env;
  const where = flags.target === 'aws' ? towardsAws(outer, flags) : await towardsLocal(outer, flags);
  const program = outer.SHELL || (process.platform === 'win32' && outer.ComSpec) || '/bin/sh';
  const { args, env, files } = startUp({
    program,
    mark: `(wildrydes ${where.name}) `,
    environment: where.environment,
    outer,
    folder: where.folder,
    interactive: flags.command === undefined,
  });
  writePrivately(where.folder, { ...where.files, ...files });
  if (flags.command === undefined) {
    process.stderr.write(`in this shell, AWS's tools talk to ${where.description}; leave it with: exit\n`);
  }
  return run(program, [...args, ...commandArguments(program, flags.command)], {
    ...applied(outer, where.environment),
    ...env,
  });
}

interface Where {
  /** For the prompt. */
  readonly name: string;
  readonly description: string;
  /** Of this target alone, so that shells towards several clouds do not disturb each other. */
  readonly folder: string;
  readonly files: Readonly<Record<string, string>>;
  readonly environment: ShellEnvironment;
}

async function towardsLocal(outer: Environment, flags: ShellFlags): Promise<Where> {
  if (flags.region !== undefined || flags.profile !== undefined) {
    throw new WildRydesError('USAGE', '--region and --profile are for a shell towards AWS', {
      next: 'Add --target aws, or leave them out.',
    });
  }
  const port = flags.port ?? LOCAL.port;
  const health = await createControlClient(`http://127.0.0.1:${port}`).health();
  if (health === undefined || health === 'foreign') {
    throw new WildRydesError('UNREACHABLE', `no local cloud runs on port ${port}`, {
      next: `Start one in another terminal: ./wildrydes start${portFlag(port)}`,
    });
  }
  const folder = join(defaultStateFolder(), 'shell', `local-${port}`);
  return {
    name: port === LOCAL.port ? 'local' : `local:${port}`,
    description: `the local cloud on port ${port}`,
    folder,
    files: { config: awsConfig(port), credentials: awsCredentials() },
    environment: localEnvironment(
      outer,
      port,
      {
        config: join(folder, 'config'),
        credentials: join(folder, 'credentials'),
      },
      readPrefix(flags.prefix),
    ),
  };
}

function towardsAws(outer: Environment, flags: ShellFlags): Where {
  if (flags.port !== undefined) {
    throw new WildRydesError(
      'USAGE',
      '--port is for a shell towards the local cloud: leave out --target aws',
    );
  }
  if (outer.WILDRYDES_SHELL === 'local') {
    throw new WildRydesError('USAGE', 'this is a shell towards the local cloud, without your AWS settings', {
      next: 'Leave it first: exit',
    });
  }
  return {
    name: 'aws',
    description: 'AWS, with your own settings: what they create may cost money',
    folder: join(defaultStateFolder(), 'shell', 'aws'),
    files: {},
    environment: awsEnvironment(outer, flags, readPrefix(flags.prefix)),
  };
}

/** Files that only the user can read, each written beside and swapped in: another shell may be reading it. */
function writePrivately(folder: string, files: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(files)) {
      const fresh = join(folder, `${name}.${process.pid}`);
      writeFileSync(fresh, text, { mode: 0o600 });
      renameSync(fresh, join(folder, name));
    }
  } catch (error) {
    throw new WildRydesError(
      'STATE_UNUSABLE',
      `cannot write the shell's files to ${folder}: ${(error as Error).message}`,
      {
        next: 'Make the folder writable, or run a copy of the project in a folder of your own.',
        cause: error,
      },
    );
  }
}

function commandArguments(program: string, command: string | undefined): string[] {
  if (command === undefined) return [];
  return /cmd(\.exe)?$/i.test(program) ? ['/d', '/s', '/c', command] : ['-c', command];
}

/** Signals that end a process from outside: they are passed on, and the subshell decides. */
const PASSED_ON = ['SIGTERM', 'SIGHUP'] as const;

function run(program: string, args: readonly string[], env: Environment): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: 'inherit', env: env as NodeJS.ProcessEnv });
    // Ctrl-C goes to the whole foreground group: it is the subshell's.
    const ignore = () => {};
    const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
    process.on('SIGINT', ignore);
    for (const signal of PASSED_ON) process.on(signal, passOn);
    const settled = () => {
      process.off('SIGINT', ignore);
      for (const signal of PASSED_ON) process.off(signal, passOn);
    };
    child.once('error', (error) => {
      settled();
      reject(
        new WildRydesError('USAGE', `cannot run ${program}: ${error.message}`, {
          next: 'Set SHELL to a shell that exists.',
        }),
      );
    });
    child.once('exit', (code, signal) => {
      settled();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
