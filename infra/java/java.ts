import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WildRydesError } from '../../telemetry/errors.ts';

/** Who needs Java, in words for whoever has none. */
export interface JavaNeed {
  /** `search` */
  readonly what: string;
  /** Least version. */
  readonly least: number;
  /** What to do instead of installing Java and Maven, as a sentence. */
  readonly instead: string;
}

/** A Java that runs here. */
export interface Java {
  /** The program. */
  readonly path: string;
  /** 17 */
  readonly version: number;
}

/**
 * Finds Java: that of JAVA_HOME if it is set, else the one on the PATH.
 *
 * @throws WildRydesError NOT_FOUND when there is none, or one that is too old
 */
export async function findJava(need: JavaNeed, env: NodeJS.ProcessEnv = process.env): Promise<Java> {
  const path = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java';
  let said: string;
  try {
    const { stdout, stderr } = await promisify(execFile)(path, ['-version'], { env, timeout: 30_000 });
    said = `${stdout}${stderr}`;
  } catch (error) {
    throw new WildRydesError('NOT_FOUND', `${need.what} needs Java, and there is none (tried ${path})`, {
      next: installing(need),
      cause: error,
    });
  }
  const version = javaVersion(said);
  if (version === undefined || version < need.least) {
    throw new WildRydesError(
      'NOT_FOUND',
      `${need.what} needs Java ${need.least} or later (given ${version ?? (said.split('\n')[0] || 'no version')}, at ${path})`,
      { next: installing(need) },
    );
  }
  return { path, version };
}

/** What to do about a missing Java or Maven. */
export function installing({ instead }: Pick<JavaNeed, 'instead'>): string {
  return `Install Java 17 and Maven: apt-get install openjdk-17-jdk-headless maven, or brew install openjdk@17 maven. ${instead}`;
}

/**
 * The version out of what `java -version` says: `openjdk version "17.0.15" 2025-04-15`. Until 8 it was written 1.8.
 * Source: https://openjdk.org/jeps/223
 */
export function javaVersion(said: string): number | undefined {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(said) ?? [];
  if (first === undefined) return undefined;
  return Number(first === '1' ? second : first);
}
