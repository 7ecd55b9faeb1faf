import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/kit.ts';
import { flinkAggregator } from './aggregator.ts';
import { builtJob, FLINK_JAVA } from './job.ts';

/** With programs in the place of Maven and Java. What the real ones make of it is in test/interop. */

const DIGEST = /^[0-9a-f]{12}$/;

function program(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

/** Writes what a build of the job leaves; `$target` and `$packages` are where. */
const BUILDS = `mkdir -p "$target/classes"; cp -r "$project/src/main/." "$target/classes"`;
const RESOLVES = `printf '%s' "$jars/one.jar:$jars/two.jar" >"$packages"`;

/** A Maven that counts how often it ran, and then does as it is told; and a project for it. */
function mavenThat(script: string = `${BUILDS}\n${RESOLVES}`) {
  const root = temporaryFolder();
  const [bin, jars, project] = ['bin', 'jars', 'project'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  program(
    join(bin, 'mvn'),
    `for given; do
  case $given in
    -Dwildrydes.target=*) target=\${given#*=} ;;
    -Dmdep.outputFile=*) packages=\${given#*=} ;;
    */pom.xml) project=\${given%/pom.xml} ;;
  esac
done
jars='${jars}'
echo run >>'${join(root, 'runs')}'
${script}`,
  );
  mkdirSync(jars);
  for (const name of ['one.jar', 'two.jar']) writeFileSync(join(jars, name), '');
  mkdirSync(join(project, 'src', 'main', 'java'), { recursive: true });
  writeFileSync(join(project, 'pom.xml'), '<project/>');
  writeFileSync(join(project, 'src', 'main', 'java', 'Job.java'), 'class Job {}');
  return {
    bin,
    jars,
    project,
    source: (name: string) => join(project, 'src', 'main', 'java', name),
    env: { PATH: `${bin}:${process.env.PATH}` },
    runs: () => readFileSync(join(root, 'runs'), 'utf8').split('\n').length - 1,
  };
}

type Maven = ReturnType<typeof mavenThat>;

function build({ project, env }: Pick<Maven, 'project' | 'env'>, folder = join(temporaryFolder(), 'flink')) {
  const told: string[] = [];
  return {
    folder,
    told,
    classPath: builtJob({ folder, project, env, progress: (line) => void told.push(line) }),
  };
}

describe('the job', () => {
  test('is built on first use, which is told before it begins, and kept in mind', async () => {
    const maven = mavenThat();
    const first = build(maven);
    const classPath = await first.classPath;
    const [digest] = readdirSync(first.folder);
    expect(readdirSync(first.folder)).toEqual([expect.stringMatching(DIGEST)]);
    const { jars } = maven;
    expect(classPath.split(':')).toEqual([
      join(first.folder, digest!, 'classes'),
      `${jars}/one.jar`,
      `${jars}/two.jar`,
    ]);
    expect(existsSync(join(first.folder, digest!, 'classes', 'java', 'Job.java'))).toBe(true);
    expect(first.told).toEqual([expect.stringMatching(/takes a minute and about \d+ MB .* on first use/)]);

    const second = build(maven, first.folder);
    await expect(second.classPath).resolves.toBe(classPath);
    expect(second.told).toEqual([]);
    expect(maven.runs()).toBe(1);
  });

  test.each(['one.jar', 'two.jar'])('is built again when the package %s has gone', async (name) => {
    const maven = mavenThat(`touch "$jars/one.jar" "$jars/two.jar"\n${BUILDS}\n${RESOLVES}`);
    const first = build(maven);
    const classPath = await first.classPath;
    rmSync(join(maven.jars, name));
    await expect(build(maven, first.folder).classPath).resolves.toBe(classPath);
    expect(maven.runs()).toBe(2);
    expect(readdirSync(first.folder)).toHaveLength(1);
  });

  test.each<[string, (maven: Maven) => void]>([
    ['changes', ({ source }) => writeFileSync(source('Job.java'), 'class Job { int changed; }')],
    ['is added', ({ source }) => writeFileSync(source('Other.java'), '')],
    ['has another name', ({ source }) => renameSync(source('Job.java'), source('Task.java'))],
    ['is the project', ({ project }) => writeFileSync(join(project, 'pom.xml'), '<project>2</project>')],
  ])('is built again when a file %s, beside what a cloud may run still', async (_, change) => {
    const maven = mavenThat();
    writeFileSync(maven.source('Last.java'), 'class Last {}');
    const first = build(maven);
    const before = await first.classPath;
    change(maven);
    const after = await build(maven, first.folder).classPath;
    expect(after).not.toBe(before);
    for (const classPath of [before, after]) expect(classPath.split(':').filter(existsSync)).toHaveLength(3);
  });

  test('lies where it is for a week, also what another process is building', async () => {
    const maven = mavenThat();
    const folder = join(temporaryFolder(), 'flink');
    const [old, recent] = ['0123456789ab.17', '0123456789ab.18'].map((name) => join(folder, name)) as [
      string,
      string,
    ];
    for (const path of [old, recent]) mkdirSync(path, { recursive: true });
    const weekAgo = Date.now() / 1_000 - 8 * 86_400;
    utimesSync(old, weekAgo, weekAgo);
    await build(maven, folder).classPath;
    expect([old, recent].map(existsSync)).toEqual([false, true]);
  });

  test('that another process has built meanwhile is left as it is', async () => {
    // The other one is quicker by as much as this one takes.
    const maven = mavenThat(
      `${BUILDS}\n${RESOLVES}\nother=\${target%.*}; cp -r "$target" "$other"; touch "$other/classes/first"`,
    );
    const { classPath, folder } = build(maven);
    const [classes] = (await classPath).split(':');
    expect(existsSync(join(classes!, 'first'))).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test('that cannot be built: in the words of Maven, and nothing is left', async () => {
    const maven = mavenThat(`${BUILDS}\necho "[ERROR] Job.java: ';' expected"; exit 1`);
    const { folder, classPath } = build(maven);
    await expect(classPath).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: "cannot build the Flink job: Job.java: ';' expected",
      next: expect.stringContaining('settings.xml'),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('of which Maven only says that it is there: what to look at', async () => {
    const { classPath } = build(mavenThat(`mkdir -p "$target"; ${RESOLVES}`));
    await expect(classPath).rejects.toMatchObject({
      code: 'UNREACHABLE',
      next: expect.stringContaining('packages'),
    });
  });

  test('is given up when somebody says so, and nothing is left', async () => {
    const maven = mavenThat(`${BUILDS}\ntouch "$target/begun"\nexec sleep 60`);
    const folder = join(temporaryFolder(), 'flink');
    const giveUp = new AbortController();
    const building = builtJob({ ...maven, folder, progress: () => {}, signal: giveUp.signal });
    const refused = expect(building).rejects.toMatchObject({ name: 'AbortError' });
    const isBegun = () => readdirSync(folder).some((name) => existsSync(join(folder, name, 'begun')));
    await expect.poll(isBegun, { timeout: 10_000 }).toBe(true);
    giveUp.abort();
    await refused;
    expect(readdirSync(folder)).toEqual([]);
  });

  test('without Maven: what to install', async () => {
    const { project } = mavenThat();
    await expect(build({ project, env: { PATH: temporaryFolder() } }).classPath).rejects.toMatchObject({
      code: 'NOT_FOUND',
      next: expect.stringMatching(/maven.*the embedded engine/),
    });
  });
});

describe('the engine', () => {
  const aggregator = ({ project, env }: Pick<Maven, 'project' | 'env'>) =>
    flinkAggregator({ folder: join(temporaryFolder(), 'flink'), project, env, progress: () => {} });

  test('is named by what its checkpoints are', async () => {
    const maven = mavenThat();
    program(join(maven.bin, 'java'), `echo 'openjdk version "17.0.15"' >&2`);
    await expect(aggregator(maven)).resolves.toMatchObject({ name: 'flink' });
  });

  test('on a Java that is too old: which one, what is needed and what to do, before anything is built', async () => {
    const maven = mavenThat();
    program(join(maven.bin, 'java'), `echo 'openjdk version "11.0.2"' >&2`);
    await expect(aggregator(maven)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `flink needs Java ${FLINK_JAVA.least} or later (given 11, at java)`,
      next: expect.stringMatching(/^Install Java 17 and Maven.*leave --aggregation flink out/),
    });
    expect(() => maven.runs()).toThrow('ENOENT');
  });

  test('without Java: the same', async () => {
    const { project } = mavenThat();
    await expect(aggregator({ project, env: { PATH: temporaryFolder() } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('there is none'),
      next: expect.stringContaining('leave --aggregation flink out'),
    });
  });
});
