import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { WildRydesError } from '../../../telemetry/errors.ts';
import { builtFile, INSTALLED, PROJECT_ROOT } from '../../project.ts';
import type { Target } from '../../target.ts';
import type { Settings } from '../settings.ts';
import { SETTINGS_VARIABLE, settingsJson } from '../settings-json.ts';

/** What deploys, with the versions that the tests run with. Not installed with the rest: it is 100 MB and more. */
const PACKAGES = {
  'aws-cdk-lib': '2.276.0',
  constructs: '10.8.1',
  'cdk-nag': '3.0.2',
  'aws-cdk': '2.1148.1',
} as const;

const resolve = createRequire(join(PROJECT_ROOT, 'package.json')).resolve;

/** @throws WildRydesError NOT_FOUND naming what is not installed, with the command that installs it */
export function insistOnCdk(find: (module: string) => string = resolve, installed = INSTALLED): void {
  const missing = Object.keys(PACKAGES).filter((name) => !isFound(name, find));
  if (missing.length === 0) return;
  const wanted = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`);
  throw new WildRydesError(
    'NOT_FOUND',
    `to deploy takes the AWS CDK, of which is not installed: ${missing.join(', ')}`,
    {
      next: installed
        ? `Install it beside the kit: npm install ${wanted.join(' ')}`
        : `Install it: npm --prefix ${PROJECT_ROOT} ci --include=dev`,
    },
  );
}

function isFound(name: string, find: (module: string) => string): boolean {
  try {
    // Not all of them let their package.json be seen; the command line has nothing else to be found by.
    find(name === 'aws-cdk' ? 'aws-cdk/package.json' : name);
    return true;
  } catch {
    return false;
  }
}

/** What cdk is asked for. */
export interface CdkRequest {
  readonly act: 'deploy' | 'destroy';
  /** As they are called in the account. */
  readonly stackNames: readonly string[];
  readonly settings: Settings;
  readonly target: Target;
  readonly region: string;
  readonly colours: boolean;
}

/** A process to be: pure, so that it can be looked at. */
export interface CdkCommand {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What of the environment would lead elsewhere. */
const LEADS_ELSEWHERE = /^AWS_(ENDPOINT_URL|IGNORE_CONFIGURED_ENDPOINT_URLS)/;

/**
 * The arguments after `cdk`, and its environment. AWS means AWS: an endpoint that the environment names is not followed, unless
 * it is the target.
 */
export function cdkCommand(
  { act, stackNames, settings, target, region, colours }: CdkRequest,
  environment: Readonly<Record<string, string | undefined>>,
): CdkCommand {
  const kept = Object.entries(environment).filter(([name]) => !LEADS_ELSEWHERE.test(name));
  return {
    args: [
      act,
      ...stackNames,
      // Just these: which come along was decided, and agreed to, before.
      '--exclusively',
      ...(act === 'deploy' ? ['--require-approval', 'never', '--progress', 'events'] : ['--force']),
      ...['--no-notices', '--no-version-reporting'],
      ...(target.profile === undefined ? [] : ['--profile', target.profile]),
      ...(colours ? [] : ['--no-color']),
    ],
    env: {
      ...Object.fromEntries(kept),
      [SETTINGS_VARIABLE]: settingsJson(settings),
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      ...(target.endpoint === undefined
        ? { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }
        : { AWS_ENDPOINT_URL: target.endpoint }),
    },
  };
}

/** What cdk finds in its folder. Not arguments: cdk takes the quotes away that an argument begins and ends with. */
const CONFIGURATION = {
  app: `"${process.execPath}" "${builtFile('infra/aws/app')}"`,
  output: 'cdk.out',
} as const;

/** The command line of the CDK that is installed. */
export function cdkProgram(): string {
  return join(dirname(resolve('aws-cdk/package.json')), 'bin', 'cdk');
}

/**
 * Runs cdk, which tells on standard error how far it is. An abort of the signal is passed on to it once, as Ctrl-C is, and
 * it is waited for. It does not outlive this process, unless that is killed: then it goes on to its end, as CloudFormation
 * would.
 *
 * @param program default: of the CDK that is installed
 * @returns its exit status; 130 when a signal ended it
 */
export async function runCdk(
  { args, env }: CdkCommand,
  signal: AbortSignal,
  program: string = cdkProgram(),
): Promise<number> {
  // What cdk leaves in the current folder is of no use to anybody.
  const folder = await mkdtemp(join(tmpdir(), 'wildrydes-cdk-'));
  try {
    await writeFile(join(folder, 'cdk.json'), JSON.stringify(CONFIGURATION));
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder,
      env: { ...env },
      stdio: ['ignore', process.stderr, process.stderr],
      // A group of its own: the terminal's Ctrl-C reaches it once, through this process, and not twice.
      detached: process.platform !== 'win32',
    });
    const interrupt = () => send(child, 'SIGINT');
    const kill = () => send(child, 'SIGKILL');
    process.once('exit', kill);
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt, { once: true });
    try {
      return await new Promise<number>((done, failed) => {
        child.once('error', failed);
        child.once('close', (status) => done(status ?? 130));
      });
    } finally {
      process.off('exit', kill);
      signal.removeEventListener('abort', interrupt);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function send(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
