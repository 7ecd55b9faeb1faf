import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { WildRydesError } from '../../telemetry/errors.ts';
import type { JavaNeed } from '../java/java.ts';
import { runMaven } from '../java/maven.ts';
import { digestOf, JOB_PROJECT, type JobOptions } from './job.ts';

/** What builds the Jar, in words for whoever has none. */
export const JAR_JAVA: JavaNeed = {
  what: 'the aggregation',
  least: 17,
  instead: 'Or leave the stack Aggregation out, and name the others with --stack.',
};

/** As the job's project calls it. */
const JAR = 'wildrydes-aggregation.jar';

/**
 * The job as one Jar, as Managed Flink takes it. Built by Maven once for each state of the job's files.
 *
 * @returns its path
 * @throws WildRydesError NOT_FOUND when there is no Maven; UNREACHABLE when it fails, with Maven's words
 */
export async function builtJar(options: JobOptions): Promise<string> {
  const { folder, project = JOB_PROJECT, progress, signal, env } = options;
  const kept = join(folder, `${digestOf(project)}.jar`);
  if (existsSync(kept)) return kept;
  progress('aggregation: Maven builds the Jar, which takes a minute and more on first use');
  mkdirSync(folder, { recursive: true });
  // Of this process's own: two builds at once must not read each other's halves.
  const building = `${kept}.${process.pid}`;
  try {
    await runMaven(
      ['-q', '-f', join(project, 'pom.xml'), `-Dwildrydes.target=${building}`, '-DskipTests', 'package'],
      { need: JAR_JAVA, failure: 'cannot build the Jar of the aggregation', progress, signal, env },
    );
    const made = join(building, JAR);
    if (!existsSync(made)) {
      throw new WildRydesError(
        'UNREACHABLE',
        `Maven says that it has built the Jar, and there is no ${made}`,
      );
    }
    renameSync(made, kept);
    return kept;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}
