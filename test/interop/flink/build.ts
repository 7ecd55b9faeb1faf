import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { FLINK_JAVA, JOB_PROJECT } from '../../../infra/flink/job.ts';
import { runMaven } from '../../../infra/java/maven.ts';

/** Where the builds lie, a folder for each state of the project's files; `mvn clean` takes them away. */
const BUILDS = join(JOB_PROJECT, 'target', 'interop');

/**
 * The class path of the Flink job, of its programs for tests, and of Flink. Built by Maven once, and again when a file
 * of the project has changed.
 *
 * @throws WildRydesError NOT_FOUND when there is no Maven; UNREACHABLE when it fails, with Maven's words
 */
export async function builtFlink(): Promise<string> {
  const kept = join(BUILDS, digest());
  const known = classPath(kept);
  if (known !== undefined) return known;

  // Of this process's own, for test files run at the same time: whoever is whole first is taken by all.
  const building = `${kept}.${process.pid}`;
  mkdirSync(BUILDS, { recursive: true });
  try {
    await runMaven(
      [
        ...['-q', '-f', join(JOB_PROJECT, 'pom.xml'), `-Dwildrydes.target=${building}`],
        ...['test-compile', 'dependency:build-classpath', '-DincludeScope=test'],
        `-Dmdep.outputFile=${join(building, 'packages')}`,
      ],
      { need: FLINK_JAVA, failure: 'cannot build the Flink job for tests', progress: console.error },
    );
    if (classPath(kept) === undefined) {
      // What is there has lost a package.
      rmSync(kept, { recursive: true, force: true });
      renameSync(building, kept);
    }
  } catch (error) {
    // Between two renames, the second finds a folder that is not empty.
    if (classPath(kept) === undefined) throw error;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  const built = classPath(kept);
  if (built === undefined) throw new Error(`Maven built the job, and packages are missing in ${kept}`);
  return built;
}

/** Undefined if it was never built, or if a package has gone from Maven's repository. */
function classPath(folder: string): string | undefined {
  const file = join(folder, 'packages');
  if (!existsSync(file)) return undefined;
  const parts = [join(folder, 'classes'), join(folder, 'test-classes')];
  const all = [...parts, ...readFileSync(file, 'utf8').trim().split(delimiter)];
  return all.every((part) => existsSync(part)) ? all.join(delimiter) : undefined;
}

/** Of all files that it is built from. */
function digest(): string {
  const hash = createHash('sha256').update(readFileSync(join(JOB_PROJECT, 'pom.xml')));
  const sources = readdirSync(join(JOB_PROJECT, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of sources.sort()) hash.update(`${file}\n`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}
