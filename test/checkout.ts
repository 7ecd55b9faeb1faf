import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../infra/project.ts';
import { temporaryFolder } from './kit.ts';

/** What a user of a checkout touches, and what that needs. */
const PARTS = [
  'wildrydes',
  'producer',
  'consumer',
  'package.json',
  'dist',
  'workshop/modules',
  'aggregation/flink/pom.xml',
];

/**
 * A checkout of its own, built, with the packages of this one: what it writes (its state, the learner's code) is gone
 * when the test is.
 *
 * @returns its folder
 */
export function checkout(): string {
  const folder = temporaryFolder();
  for (const part of PARTS) {
    mkdirSync(join(folder, part, '..'), { recursive: true });
    // As old as they are: the launcher builds anew what is older than its source.
    cpSync(join(PROJECT_ROOT, part), join(folder, part), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
