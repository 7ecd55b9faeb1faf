import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../infra/project.ts';
import { withoutIt } from './harness.ts';
import { PROTECTIONS } from './protections.ts';

test.each(PROTECTIONS.map((protection) => [protection.name, protection] as const))(
  'it is known where it stands that %s',
  (_, protection) => {
    const source = readFileSync(join(PROJECT_ROOT, protection.file), 'utf8');
    expect(withoutIt(source, protection)).not.toBe(source);
    expect(existsSync(join(PROJECT_ROOT, protection.test.file))).toBe(true);
  },
);
