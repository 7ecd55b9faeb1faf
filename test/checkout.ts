import { cpSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
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
    cpSync(join(PROJECT_ROOT, part), join(folder, part), { recursive: true, preserveTimestamps: true });
  }
  // The launcher builds anew what is older than its source, of which the folders have just been made.
  const later = new Date(Date.now() + 1_000);
  utimesSync(join(folder, 'dist/.built'), later, later);
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
