import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/kit.ts';
import { findJava, javaVersion } from './java.ts';

const NEED = { what: 'search', least: 11, instead: 'Or do without.' };

/** An installation that says what it is told to. */
function javaThatSays(text: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'java'), `#!/bin/sh\ncat >&2 <<'END'\n${text}\nEND\n`);
  chmodSync(join(folder, 'bin', 'java'), 0o755);
  return folder;
}

describe('the version', () => {
  test.each([
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
    ['openjdk version "21" 2023-09-19 LTS', 21],
    ['openjdk version "25-ea" 2025-09-16', 25],
    ['java version "11.0.2" 2019-01-15 LTS', 11],
    ['java version "1.8.0_402"', 8],
    ['Picked up JAVA_TOOL_OPTIONS: -Dversion=9\nopenjdk version "17.0.15"', 17],
    ['The operation couldn’t be completed. Unable to locate a Java Runtime.', undefined],
  ])('%j', (said, version) => {
    expect(javaVersion(said)).toBe(version);
  });
});

describe('Java', () => {
  test('of JAVA_HOME', async () => {
    const home = javaThatSays('openjdk version "17.0.15" 2025-04-15');
    await expect(findJava(NEED, { PATH: process.env.PATH, JAVA_HOME: home })).resolves.toEqual({
      path: join(home, 'bin', 'java'),
      version: 17,
    });
  });

  test('on the PATH', async () => {
    const PATH = `${join(javaThatSays('openjdk version "11.0.2"'), 'bin')}:${process.env.PATH}`;
    await expect(findJava(NEED, { PATH })).resolves.toEqual({ path: 'java', version: 11 });
  });

  test('that is too old: which one, what is needed, and what to do', async () => {
    const home = javaThatSays('java version "1.8.0_402"');
    await expect(findJava(NEED, { PATH: process.env.PATH, JAVA_HOME: home })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/Java 11 or later \(given 8, at .*bin.java\)/),
      next: expect.stringMatching(/^Install Java 17.*Or do without\.$/),
    });
  });

  test('that is missing: the same', async () => {
    await expect(findJava(NEED, { PATH: temporaryFolder() })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('there is none'),
      next: expect.stringMatching(/^Install Java 17.*Or do without\.$/),
    });
  });
});
