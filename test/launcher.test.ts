import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../infra/project.ts';
import { command, temporaryFolder } from './kit.ts';

/** A PATH that has a shell's own tools and, if given, a `node` that is this script. */
function pathWith(node: string | undefined): string {
  const bin = join(temporaryFolder(), 'bin');
  mkdirSync(bin);
  for (const tool of ['sh', 'dirname', 'readlink', 'find', 'head', 'cat']) {
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
