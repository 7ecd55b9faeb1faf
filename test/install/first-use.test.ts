import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../infra/project.ts';
import { command, events, temporaryFolder } from '../kit.ts';

/** What a fresh clone of this working tree would hold. */
function clone(): string {
  const folder = join(temporaryFolder(), 'a clone with spaces');
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: PROJECT_ROOT,
  });
  for (const file of listed.toString('utf8').split('\0').filter(Boolean)) {
    if (!existsSync(join(PROJECT_ROOT, file))) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(PROJECT_ROOT, file), join(folder, file));
  }
  return folder;
}

describe('first use', () => {
  test('of a fresh clone: two first starts at once install once, visibly, and both run', async () => {
    const folder = clone();
    const args = ['--to', 'stdout', '--count', '2', '--speed', 'max'];
    const started = [0, 1].map(() => command(join(folder, 'producer'), args).finished);
    const both = await Promise.all(started);
    for (const { status, stdout } of both) {
      expect(status).toBe(0);
      expect(stdout.trim().split('\n')).toHaveLength(2);
    }
    const told = both.map(({ stderr }) => stderr).join('');
    expect(told.match(/first use: installing/g)).toHaveLength(1);
    expect(existsSync(join(folder, 'node_modules/typescript'))).toBe(false);
    expect(existsSync(join(folder, '.prepare.lock'))).toBe(false);

    const again = await command(join(folder, 'producer'), args).finished;
    expect(again).toMatchObject({ status: 0, stderr: '' });
  });

  test('of the packed tarball, with npx: the whole pipeline runs from it', async () => {
    const folder = temporaryFolder();
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: PROJECT_ROOT });
    const version = process.env.npm_package_version ?? '0.1.0';
    const tarball = join(folder, `wildrydes-${version}.tgz`);
    const args = ['producer', '--name', 'Rocinante', '--count', '61', '--speed', '120', '--output', 'json'];
    const { status, stdout } = await command(
      'npx',
      ['--yes', `--package=${tarball}`, 'wildrydes', ...args],
      { HOME: folder },
      folder,
    ).finished;
    expect(status).toBe(0);
    expect(events(stdout, 'report')).toMatchObject([{ acknowledged: 61, summarised: 61, balanced: true }]);
  });
});
