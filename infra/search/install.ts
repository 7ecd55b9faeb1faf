import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { WildRydesError } from '../../telemetry/errors.ts';
import { runMaven } from '../java/maven.ts';
import { DOWNLOAD, GOAL, JAVA, OPENSEARCH, projectFile } from './packages.ts';

export interface InstallOptions {
  /** Where it is kept in mind where the packages lie; they themselves lie in Maven's repository, for every project. */
  readonly folder: string;
  /** Told what takes its time, a line at a time. */
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Default: the process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The class path of the search server. On first use its packages are downloaded, through Maven and whatever mirror it
 * is configured with, each checked against its checksum.
 *
 * @throws WildRydesError NOT_FOUND when there is no Maven; UNREACHABLE when packages cannot be had, with Maven's words
 */
export async function installedClassPath(options: InstallOptions): Promise<string> {
  const project = projectFile();
  // Named by what is in the project: another version of the kit has another one.
  const name = createHash('sha256').update(project).digest('hex').slice(0, 12);
  const file = join(options.folder, `classpath-${name}`);
  return readClassPath(file) ?? (await install(options, project, file));
}

/** Undefined if it was never written, or if a package has gone from Maven's repository. */
function readClassPath(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const classPath = readFileSync(file, 'utf8').trim();
  return classPath !== '' && classPath.split(delimiter).every(existsSync) ? classPath : undefined;
}

async function install(options: InstallOptions, project: string, file: string): Promise<string> {
  const { folder, progress } = options;
  mkdirSync(folder, { recursive: true });
  // Of this process's own: two first starts must not read each other's halves.
  const pom = join(folder, `pom-${process.pid}.xml`);
  const written = `${file}.${process.pid}`;
  writeFileSync(pom, project);
  progress(
    `search: OpenSearch ${OPENSEARCH} comes from Maven Central, about ${DOWNLOAD} MB on first use, kept in Maven's repository`,
  );
  try {
    await runMaven(['-f', pom, `-Dmdep.outputFile=${written}`, GOAL], {
      ...options,
      need: JAVA,
      failure: 'cannot get the packages of OpenSearch',
    });
    renameSync(written, file);
  } finally {
    for (const left of [pom, written]) rmSync(left, { force: true });
  }
  const classPath = readClassPath(file);
  if (classPath !== undefined) return classPath;
  throw new WildRydesError('UNREACHABLE', 'Maven says that it has the packages of OpenSearch, and has not', {
    next: `Look at the files named in ${file}`,
  });
}
