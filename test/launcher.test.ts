import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../infra/project.ts';
import { command, temporaryFolder } from './kit.ts';

/** A PATH that has a shell's own tools and, if given, a `node` that is this script. */
function pathWith(node: string | undefined): string {
  const bin = join(temporaryFolder(), 'bin');
  mkdirSync(bin);
  for (const tool of ['sh', 'dirname', 'readlink', 'find', 'head', 'cat', 'mkdir', 'rm']) {
    for (const folder of ['/bin', '/usr/bin']) {
      try {
        symlinkSync(join(folder, tool), join(bin, tool));
        break;
      } catch {
        // it is already there, or it is in the other folder
      }
    }
  }
  if (node !== undefined) {
    writeFileSync(join(bin, 'node'), node);
    chmodSync(join(bin, 'node'), 0o755);
  }
  return bin;
}

const producer = join(PROJECT_ROOT, 'producer');

describe('the launchers', () => {
  test('say that Node is missing, and where to get it', async () => {
    const { status, stdout, stderr } = await command(producer, ['--help'], { PATH: pathWith(undefined) })
      .finished;
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/Node\.js was not found.*20\.19.*https:\/\/nodejs\.org/);
  });

  test.each(['v18.20.4', 'v20.18.3', 'v4.0.0'])('say that Node %s is too old', async (version) => {
    const PATH = pathWith(`#!/bin/sh\necho ${version}\n`);
    const { status, stderr } = await command(producer, [], { PATH }).finished;
    expect(status).toBe(1);
    expect(stderr).toContain(`20.19 or newer is needed (found ${version})`);
  });

  test('work from any folder and through symbolic links, relative ones too', async () => {
    const folder = temporaryFolder();
    symlinkSync(PROJECT_ROOT, join(folder, 'kit'));
    symlinkSync('kit/producer', join(folder, 'sensor'));
    const run = command(
      './sensor',
      ['--to', 'stdout', '--count', '1', '--speed', 'max', '--name', '007'],
      {},
      folder,
    );
    const { status, stdout } = await run.finished;
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ Name: '007', MagicPoints: 150 });
  });

  test('help and the consumer alias answer', async () => {
    const { status, stdout } = await command(join(PROJECT_ROOT, 'consumer'), ['--help']).finished;
    expect(status).toBe(0);
    expect(stdout).toContain('--stream');
  });
});

/**
 * A project as small as the launcher can tell: installed, and with a build that notes each time that it runs and makes a
 * command line that tells what it was given.
 */
function project(build = ''): { folder: string; builds: () => number } {
  const folder = join(temporaryFolder(), 'a project with spaces');
  for (const path of ['cli', 'node_modules']) mkdirSync(join(folder, path), { recursive: true });
  for (const name of ['wildrydes', 'producer']) copyFileSync(join(PROJECT_ROOT, name), join(folder, name));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), '{}');
  writeFileSync(join(folder, 'cli/main.ts'), '');
  writeFileSync(
    join(folder, 'build.mjs'),
    `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
     appendFileSync('builds', 'x');
     ${build}
     mkdirSync('dist/cli', { recursive: true });
     writeFileSync('dist/cli/main.js', \`console.log(JSON.stringify([process.pid, ...process.argv.slice(2)]));
       if (process.argv.includes('stay')) setInterval(() => {}, 1000); else process.exit(7);\`);
     writeFileSync('dist/.built', '');`,
  );
  const past = new Date(Date.now() - 60_000);
  for (const name of ['build.mjs', 'cli/main.ts', 'cli', 'package-lock.json']) {
    utimesSync(join(folder, name), past, past);
  }
  const notes = join(folder, 'builds');
  return { folder, builds: () => (existsSync(notes) ? readFileSync(notes, 'utf8').length : 0) };
}

describe('the launcher', () => {
  test('builds at first, then only when a source is newer', async () => {
    const { folder, builds } = project();
    const run = () => command(join(folder, 'producer'), ['--name', "a 'b' $c", '']).finished;
    expect(await run()).toMatchObject({ status: 7, stderr: '' });
    const { stdout } = await run();
    expect(JSON.parse(stdout).slice(1)).toEqual(['producer', '--name', "a 'b' $c", '']);
    expect(builds()).toBe(1);
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(folder, 'cli/main.ts'), later, later);
    expect((await run()).status).toBe(7);
    expect(builds()).toBe(2);
  });

  test('becomes the program itself, so that a signal reaches it', async () => {
    const { folder } = project();
    const running = command(join(folder, 'wildrydes'), ['stay']);
    const [pid] = JSON.parse(await running.line((line) => line.startsWith('[')));
    expect(pid).toBe(running.child.pid);
    running.child.kill('SIGTERM');
    await running.finished;
    expect(running.child.signalCode).toBe('SIGTERM');
  });

  test('builds once for two that start at the same time', async () => {
    const { folder, builds } = project();
    const both = [0, 1].map(() => command(join(folder, 'wildrydes'), []).finished);
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([7, 7]);
    expect(builds()).toBe(1);
    expect(existsSync(join(folder, '.prepare.lock'))).toBe(false);
  });

  test('takes over from an installation that was killed', async () => {
    const { folder, builds } = project();
    mkdirSync(join(folder, '.prepare.lock'));
    const { child, finished } = command('true', []);
    await finished;
    writeFileSync(join(folder, '.prepare.lock/pid'), `${child.pid}\n`);
    const { status, stderr } = await command(join(folder, 'wildrydes'), []).finished;
    expect(status).toBe(7);
    expect(stderr).toContain('waiting for an installation that is under way');
    expect(builds()).toBe(1);
  });

  test('waits for an installation that is under way, however long', async () => {
    const { folder } = project();
    const owner = command('sleep', ['60']);
    mkdirSync(join(folder, '.prepare.lock'));
    writeFileSync(join(folder, '.prepare.lock/pid'), `${owner.child.pid}\n`);
    const running = command(join(folder, 'wildrydes'), []);
    let over = false;
    void running.finished.then(() => {
      over = true;
    });
    // Longer than a dead owner's lock would stand.
    for (let look = 0; look < 5; look++) await new Promise((resolve) => setTimeout(resolve, 500));
    expect(over).toBe(false);
    owner.child.kill('SIGKILL');
    expect((await running.finished).status).toBe(7);
  });

  test('says that the build failed, and leaves no lock', async () => {
    const { folder } = project('throw new Error("no way");');
    const { status, stderr } = await command(join(folder, 'wildrydes'), []).finished;
    expect(status).toBe(1);
    expect(stderr).toContain('no way');
    expect(stderr).toContain('wildrydes: the build failed');
    expect(existsSync(join(folder, '.prepare.lock'))).toBe(false);
  });

  test('says that npm is missing when there is something to install', async () => {
    const { folder } = project();
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(folder, 'package-lock.json'), later, later);
    const PATH = pathWith('#!/bin/sh\necho v22.0.0\n');
    const { status, stderr } = await command(join(folder, 'wildrydes'), [], { PATH }).finished;
    expect(status).toBe(1);
    expect(stderr).toContain('npm was not found');
    expect(existsSync(join(folder, '.prepare.lock'))).toBe(false);
  });
});
