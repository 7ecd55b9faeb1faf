import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { createControlClient } from '../infra/local/control/client.ts';
import { defaultStateFolder } from '../infra/project.ts';
import { LOCAL_CREDENTIALS } from '../infra/target.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { LOCAL } from '../telemetry/topology.ts';
import type { ShellFlags } from './commands/shell.ts';

type Environment = Record<string, string | undefined>;

/** Profiles that the private configuration has: guides name them. */
const PROFILES = ['default', 'wildrydes-local', 'lambda-cli-user'] as const;

/**
 * Opens a subshell with a marked prompt in which the AWS CLI and every SDK talk to one target. Towards the local
 * cloud it has a private AWS configuration and dummy credentials, so that even a client too old to know the
 * endpoint cannot authenticate against AWS.
 *
 * @returns the subshell's exit status
 * @throws WildRydesError UNREACHABLE when no local cloud runs
 */
export async function shell(flags: ShellFlags): Promise<number> {
  const port = flags.port ?? LOCAL.port;
  if (flags.target === 'local') await insistOnCloud(port);
  const folder = join(defaultStateFolder(), 'aws');
  const env =
    flags.target === 'local'
      ? localEnvironment(process.env, port, folder)
      : awsEnvironment(process.env, flags);
  const program = process.env.SHELL || '/bin/sh';
  const marked = markPrompt(program, flags.target, folder);
  const args = flags.command === undefined ? marked.args : ['-c', flags.command];
  if (flags.command === undefined) {
    process.stderr.write(
      `in this shell, AWS tools talk to ${flags.target === 'local' ? `the local cloud on port ${port}` : 'AWS'}; exit leaves it\n`,
    );
  }
  return run(program, args, { ...env, ...marked.env });
}

async function insistOnCloud(port: number): Promise<void> {
  const health = await createControlClient(`http://127.0.0.1:${port}`).health();
  if (health === undefined || health === 'foreign') {
    throw new WildRydesError('UNREACHABLE', `no local cloud runs on port ${port}`, {
      next: 'Start one in another terminal: ./wildrydes start',
    });
  }
}

/** The environment towards the local cloud; writes the private configuration into `folder`. */
export function localEnvironment(outer: Environment, port: number, folder: string): Environment {
  const endpoint = `http://127.0.0.1:${port}`;
  const config = join(folder, 'config');
  const credentials = join(folder, 'credentials');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(
    config,
    PROFILES.map((profile) =>
      [
        profile === 'default' ? '[default]' : `[profile ${profile}]`,
        `region = ${LOCAL.region}`,
        `endpoint_url = ${endpoint}`,
        'output = json',
        // So that a put-record's text goes in as written under version 2 too; version 1 ignores it.
        'cli_binary_format = raw-in-base64-out',
        'cli_pager =',
        '',
      ].join('\n'),
    ).join('\n'),
  );
  writeFileSync(
    credentials,
    PROFILES.map(
      (profile) =>
        `[${profile}]\naws_access_key_id = ${LOCAL_CREDENTIALS.accessKeyId}\naws_secret_access_key = ${LOCAL_CREDENTIALS.secretAccessKey}\n`,
    ).join('\n'),
  );
  chmodSync(credentials, 0o600);
  const inherited = Object.fromEntries(Object.entries(outer).filter(([name]) => !name.startsWith('AWS_')));
  return {
    ...inherited,
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_REGION: LOCAL.region,
    AWS_DEFAULT_REGION: LOCAL.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: withLoopback(outer.NO_PROXY ?? outer.no_proxy),
    no_proxy: withLoopback(outer.no_proxy ?? outer.NO_PROXY),
    WILDRYDES_SHELL: 'local',
  };
}

function withLoopback(noProxy: string | undefined): string {
  return [...new Set([...(noProxy ?? '').split(',').filter(Boolean), '127.0.0.1', 'localhost', '::1'])].join(
    ',',
  );
}

/** The user's own environment, without anything that points back at the local cloud. */
export function awsEnvironment(
  outer: Environment,
  flags: Pick<ShellFlags, 'profile' | 'region'>,
): Environment {
  const env = { ...outer, WILDRYDES_SHELL: 'aws' };
  if (outer.WILDRYDES_SHELL === 'local') {
    throw new WildRydesError(
      'USAGE',
      'this is already a shell towards the local cloud: leave it first (exit)',
    );
  }
  return {
    ...env,
    ...(flags.profile === undefined ? {} : { AWS_PROFILE: flags.profile }),
    ...(flags.region === undefined ? {} : { AWS_REGION: flags.region, AWS_DEFAULT_REGION: flags.region }),
  };
}

/** How each family of shells is told to show where it is: through a start-up file, because theirs would overwrite PS1. */
function markPrompt(program: string, target: string, folder: string): { args: string[]; env: Environment } {
  const mark = `(wildrydes ${target}) `;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  switch (basename(program)) {
    case 'bash': {
      const file = join(folder, 'bashrc');
      writeFileSync(file, `[ ! -f ~/.bashrc ] || . ~/.bashrc\nPS1='${mark}'"$PS1"\n`);
      return { args: ['--rcfile', file, '-i'], env: {} };
    }
    case 'zsh': {
      const dot = process.env.ZDOTDIR ?? process.env.HOME ?? '';
      writeFileSync(
        join(folder, '.zshrc'),
        `[ ! -f "$WILDRYDES_ZDOTDIR/.zshrc" ] || . "$WILDRYDES_ZDOTDIR/.zshrc"\nPROMPT='${mark}'"$PROMPT"\n`,
      );
      return { args: ['-i'], env: { ZDOTDIR: folder, WILDRYDES_ZDOTDIR: dot } };
    }
    default:
      return { args: [], env: { PS1: `${mark}$ ` } };
  }
}

function run(program: string, args: readonly string[], env: Environment): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: 'inherit', env: env as NodeJS.ProcessEnv });
    // Ctrl-C in the subshell is the subshell's: it goes to the whole foreground group.
    const ignore = () => {};
    process.on('SIGINT', ignore);
    child.once('error', (error) =>
      reject(
        new WildRydesError('USAGE', `cannot run ${program}: ${error.message}`, {
          next: 'Set SHELL to a shell that exists.',
        }),
      ),
    );
    child.once('exit', (code, signal) => {
      process.off('SIGINT', ignore);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
