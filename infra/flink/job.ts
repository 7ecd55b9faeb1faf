import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { WildRydesError } from '../../telemetry/errors.ts';
import type { JavaNeed } from '../java/java.ts';
import { runMaven } from '../java/maven.ts';
import { PROJECT_ROOT } from '../project.ts';

/** The Maven project of the job. */
export const JOB_PROJECT: string = join(PROJECT_ROOT, 'aggregation', 'flink');

/** The Java that Flink 2.2 runs on. */
export const FLINK_JAVA: JavaNeed = {
  what: 'flink',
  least: 17,
  instead: 'Or leave --aggregation flink out: the embedded engine gives the same summaries.',
};

/** MB that come over the network on first use, about. */
const DOWNLOAD = 160;

/** Milliseconds, a week, after which what was built of files that have changed is removed; it has half a MB. */
const KEPT = 7 * 86_400_000;

export interface JobOptions {
  /** Where what is built lies; a folder for each state of the project's files. */
  readonly folder: string;
  /** The Maven project; default: the kit's. */
  readonly project?: string;
  /** Told what takes its time, a line at a time. */
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Default: the process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The class path of the job and of Flink, for a mini-cluster. Built on first use, and whenever the job's files have
 * changed.
 *
 * @throws WildRydesError NOT_FOUND when there is no Maven; UNREACHABLE when it fails, with Maven's words, and then nothing is left
 */
export async function builtJob(options: JobOptions): Promise<string> {
  const { folder, project = JOB_PROJECT, progress, signal, env } = options;
  const target = join(folder, digestOf(project));
  const known = readClassPath(target);
  if (known !== undefined) return known;
  progress(
    `flink: the job is built by Maven, which takes a minute and about ${DOWNLOAD} MB from Maven Central on first use`,
  );
  mkdirSync(folder, { recursive: true });
  removeOld(folder);
  // Of this process's own: two first starts must not read each other's halves.
  const building = `${target}.${process.pid}`;
  try {
    await runMaven(
      [
        ...['-q', '-f', join(project, 'pom.xml'), `-Dwildrydes.target=${building}`],
        ...['compile', 'dependency:build-classpath', '-DincludeScope=compile'],
        `-Dmdep.outputFile=${join(building, 'packages')}`,
      ],
      { need: FLINK_JAVA, failure: 'cannot build the Flink job', progress, signal, env },
    );
    // Another process may have been quicker, and runs what it built.
    if (readClassPath(target) === undefined) {
      rmSync(target, { recursive: true, force: true });
      renameSync(building, target);
    }
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  const classPath = readClassPath(target);
  if (classPath !== undefined) return classPath;
  throw new WildRydesError(
    'UNREACHABLE',
    'Maven says that it has built the Flink job, and files are missing',
    {
      next: `Look at the files named in ${join(target, 'packages')}`,
    },
  );
}

/** Java reads classes as it needs them: what another cloud runs, or another process is building, must stay. */
function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const built = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (built < Date.now() - KEPT) rmSync(path, { recursive: true, force: true });
  }
}

/** Undefined if it was never built, or if a package has gone from Maven's repository. */
function readClassPath(target: string): string | undefined {
  const file = join(target, 'packages');
  if (!existsSync(file)) return undefined;
  const classPath = [join(target, 'classes'), readFileSync(file, 'utf8').trim()].join(delimiter);
  return classPath.split(delimiter).every(existsSync) ? classPath : undefined;
}

/** Of all files that the job is built from. */
export function digestOf(project: string): string {
  const hash = createHash('sha256');
  const sources = readdirSync(join(project, 'src', 'main'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of [join(project, 'pom.xml'), ...sources].sort()) {
    const text = readFileSync(file);
    // Where a file begins and what it is called counts too: a resource is found by its name.
    hash.update(`${relative(project, file)} ${text.length}\n`).update(text);
  }
  return hash.digest('hex').slice(0, 12);
}
