import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/kit.ts';
import { builtJar } from './jar.ts';

/** With a program in the place of Maven. What the real one makes of it is in test/interop. */

function mavenThat(script: string) {
  const root = temporaryFolder();
  const project = join(root, 'project');
  mkdirSync(join(project, 'src', 'main', 'java'), { recursive: true });
  writeFileSync(join(project, 'pom.xml'), '<project/>');
  writeFileSync(join(project, 'src', 'main', 'java', 'Job.java'), 'class Job {}');
  mkdirSync(join(root, 'bin'));
  const maven = join(root, 'bin', 'mvn');
  writeFileSync(
    maven,
    `#!/bin/sh
echo run >>'${join(root, 'runs')}'
for given; do case $given in -Dwildrydes.target=*) target=\${given#*=} ;; esac; done
${script}
`,
  );
  chmodSync(maven, 0o755);
  const folder = join(root, 'jars');
  return {
    project,
    folder,
    runs: () =>
      existsSync(join(root, 'runs')) ? readFileSync(join(root, 'runs'), 'utf8').trim().split('\n').length : 0,
    build: () =>
      builtJar({
        folder,
        project,
        progress: () => {},
        env: { PATH: `${join(root, 'bin')}:${process.env.PATH}` },
      }),
  };
}

const BUILDS = 'mkdir -p "$target"; printf job >"$target/wildrydes-aggregation.jar"';

describe('the Jar', () => {
  test('is built once, and again when the job has changed', async () => {
    const { build, runs, project, folder } = mavenThat(BUILDS);
    const jar = await build();
    expect(readFileSync(jar, 'utf8')).toBe('job');
    await expect(build()).resolves.toBe(jar);
    expect(runs()).toBe(1);
    writeFileSync(join(project, 'pom.xml'), '<project><!-- other --></project>');
    const other = await build();
    expect(other).not.toBe(jar);
    expect({ runs: runs(), left: readdirSync(folder).length }).toEqual({ runs: 2, left: 2 });
  });

  test('that Maven cannot build leaves nothing, and is told of in its words', async () => {
    const { build, folder } = mavenThat(`${BUILDS}; echo '[ERROR] no such symbol'; exit 1`);
    await expect(build()).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('no such symbol'),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that Maven says it has built must be there', async () => {
    const { build, folder } = mavenThat('mkdir -p "$target"');
    await expect(build()).rejects.toThrow(/there is no .*wildrydes-aggregation\.jar/);
    expect(readdirSync(folder)).toEqual([]);
  });
});
