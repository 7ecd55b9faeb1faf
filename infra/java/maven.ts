import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WildRydesError } from '../../telemetry/errors.ts';
import { installing, type JavaNeed } from './java.ts';

export interface MavenOptions {
  /** Who needs it. */
  readonly need: JavaNeed;
  /** What is said when it fails, before Maven's own words: `cannot get the packages of OpenSearch`. */
  readonly failure: string;
  /** Told how many files came over the network, a line at a time. */
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Default: the process's. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Of what Maven said, the lines that are told when it fails. */
const LINES_TOLD = 5;

/** Packages and what describes them, between two words of progress. */
const STEP = 50;

/**
 * Runs Maven, with whatever mirror it is configured with; what it downloads is checked against its checksum.
 *
 * @throws WildRydesError NOT_FOUND when there is no Maven; UNREACHABLE when it fails, with its own words
 */
export async function runMaven(args: readonly string[], options: MavenOptions): Promise<void> {
  const { need, failure, progress, signal, env = process.env } = options;
  const maven = spawn('mvn', ['--batch-mode', '--strict-checksums', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    ...(signal === undefined ? {} : { signal }),
    // There it is a script, which only a shell can run.
    shell: process.platform === 'win32',
  });
  const errors: string[] = [];
  let files = 0;
  const read = (line: string) => {
    if (/^(\[\w+\] )?Downloaded from /.test(line)) {
      files++;
      if (files % STEP === 0) progress(`${need.what}: ${files} files so far`);
    }
    if (line.startsWith('[ERROR]')) errors.push(line.slice('[ERROR]'.length).trim());
  };
  createInterface({ input: maven.stdout }).on('line', read);
  createInterface({ input: maven.stderr }).on('line', read);
  const status = await new Promise<number | null>((resolve, reject) => {
    maven.once('error', (error) => reject(signal?.aborted ? error : mavenMissing(need, error)));
    maven.once('close', resolve);
  });
  if (status === 0) return;
  throw new WildRydesError(
    'UNREACHABLE',
    `${failure}: ${errors.slice(0, LINES_TOLD).join('\n') || `mvn ended with ${status}`}`,
    {
      next: 'Check the network and the mirrors in ~/.m2/settings.xml, and start again: what is there is not fetched twice.',
    },
  );
}

function mavenMissing(need: JavaNeed, cause: unknown): WildRydesError {
  return new WildRydesError('NOT_FOUND', `${need.what} needs Maven (mvn) the first time, and there is none`, {
    next: installing(need),
    cause,
  });
}

/** @throws WildRydesError NOT_FOUND when there is no Maven */
export async function insistOnMaven(need: JavaNeed, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const shell = process.platform === 'win32';
  const maven = spawn('mvn', ['--version'], { stdio: 'ignore', env, shell });
  await new Promise<void>((resolve, reject) => {
    maven.once('error', (error) => reject(mavenMissing(need, error)));
    maven.once('close', (status) => (status === 0 ? resolve() : reject(mavenMissing(need, undefined))));
  });
}
