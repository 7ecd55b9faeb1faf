import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A file in place of the job's Jar, the same each time, so that the stacks synthesize where nobody has built it. An
 * application with it can be made, and does not start.
 *
 * @returns its path
 */
export function placeholderJar(): string {
  const folder = join(tmpdir(), 'wildrydes-functions');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'placeholder.jar');
  writeFileSync(path, 'No job yet: mvn -f aggregation/flink/pom.xml package\n');
  return path;
}
