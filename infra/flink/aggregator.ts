import { join } from 'node:path';
import { findJava } from '../java/java.ts';
import type { Aggregator } from '../pipeline.ts';
import { defaultStateFolder } from '../project.ts';
import { builtJob, FLINK_JAVA, type JobOptions } from './job.ts';
import { FlinkProcess } from './process.ts';

/**
 * The Flink job as what aggregates in a local cloud, built if it is not yet.
 *
 * @param options `folder` by default `flink` in the state folder of the project
 * @throws WildRydesError NOT_FOUND without Java 17 or Maven; UNREACHABLE when it cannot be built
 */
export async function flinkAggregator(
  options: Omit<JobOptions, 'folder'> & Partial<Pick<JobOptions, 'folder'>>,
): Promise<Aggregator> {
  const { path: java } = await findJava(FLINK_JAVA, options.env);
  const folder = options.folder ?? join(defaultStateFolder(), 'flink');
  const classPath = await builtJob({ ...options, folder });
  return { name: 'flink', make: (listener) => new FlinkProcess({ ...listener, java, classPath }) };
}
