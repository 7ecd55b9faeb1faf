import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../infra/project.ts';
import { command, events, type Finished, freePort, temporaryFolder } from '../kit.ts';

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
    await doWorkshop(
      folder,
      (...words) => command(join(folder, 'wildrydes'), words, { HOME: folder }, folder).finished,
    );
  });

  test('of the packed tarball, with npx: the whole pipeline runs from it', async () => {
    const folder = temporaryFolder();
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: PROJECT_ROOT });
    const version = process.env.npm_package_version ?? '0.1.0';
    const tarball = join(folder, `wildrydes-${version}.tgz`);
    const args = ['producer', '--name', 'Rocinante', '--count', '61', '--speed', '120', '--output', 'json'];
    const typed = (...words: string[]) =>
      command('npx', ['--yes', `--package=${tarball}`, 'wildrydes', ...words], { HOME: folder }, folder)
        .finished;
    const { status, stdout } = await typed(...args);
    expect(status).toBe(0);
    expect(events(stdout, 'report')).toMatchObject([{ acknowledged: 61, summarised: 61, balanced: true }]);
    await doWorkshop(folder, typed);
  });
});

/** Texts, starter code and solutions are there, and what makes zip files of them is. */
async function doWorkshop(folder: string, typed: (...words: string[]) => Promise<Finished>): Promise<void> {
  const port = String(await freePort());
  expect(await typed('workshop', 'start', '--port', port)).toMatchObject({ status: 0 });
  try {
    expect(existsSync(join(folder, 'my-rydes/04-stream-processing/processor.ts'))).toBe(true);
    expect(await typed('workshop', 'catch-up', '9')).toMatchObject({ status: 0 });
    expect(await typed('workshop', 'check', '4.function')).toMatchObject({ status: 0 });
    expect(await typed('workshop', 'solution', '4.table')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('aws dynamodb create-table'),
    });
  } finally {
    expect(await typed('workshop', 'stop')).toMatchObject({ status: 0 });
  }
}
