import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../test/kit.ts';
import { flink, isRunning, OPTIONS, WITHIN } from './fixture.ts';
import { FlinkProcess } from './process.ts';

/** How a process is asked. What the real one answers is in test/interop. */

describe('a process', () => {
  test('answers calls in whatever order, each to who asked', async () => {
    const { process: asked, calls } = flink(`
      const asked = [];
      const hear = (call) => {
        if (call.call === 'start' || call.call === 'stop') return answer(call);
        asked.push(call);
        if (asked.length === 3) for (const { id, names } of asked.reverse()) say({ id, result: { names } });
      };
    `);
    await asked.start(OPTIONS);
    const answers = ['a', 'b', 'c'].map((name) => asked.progress([name]));
    await expect(Promise.all(answers)).resolves.toEqual([
      { names: ['a'] },
      { names: ['b'] },
      { names: ['c'] },
    ]);
    await asked.stop();
    expect(calls()).toEqual(['1 start', '1 progress', '1 progress', '1 progress', '1 stop']);
  });

  test('is told what an error says, and goes on', async () => {
    const { process: asked, broken } = flink(`
      const hear = (call) =>
        call.call === 'caughtUp' ? say({ id: call.id, error: { message: 'the stream is gone' } }) : answer(call);
    `);
    await asked.start(OPTIONS);
    await expect(asked.caughtUp()).rejects.toThrow('flink: the stream is gone');
    await expect(asked.closeWindows()).resolves.toBeNull();
    expect(broken).toEqual([]);
  });

  test('is the job on the class path, with no more heap than it is given', async () => {
    const { process: asked, folder } = flink(
      `note('arguments', process.argv.slice(2).join('\\n')); const hear = answer;`,
    );
    await asked.start(OPTIONS);
    const given = readFileSync(join(folder, 'arguments'), 'utf8').trim().split('\n');
    expect(given.slice(-3)).toEqual([
      '-cp',
      '/job/classes:/flink.jar',
      'com.wildrydes.aggregation.local.Host',
    ]);
    expect(given).toContain('-Xmx512m');
    const logging = given.find((each) => each.startsWith('-Dlog4j2.configurationFile='));
    expect(existsSync(logging!.slice(logging!.indexOf('=') + 1))).toBe(true);
  });

  test('says what it likes beside its answers, on either output, a line at a time', async () => {
    const { process: asked, log } = flink(`
      const hear = (call) => {
        console.error('WARN one\\nWARN two');
        console.log('OpenJDK 64-Bit Server VM warning: three');
        for (const text of ['', '{"id":', '7', 'null', '[]', '{"no":"id"}', '{"id":99,"result":1}']) console.log(text);
        answer(call);
      };
    `);
    await asked.start(OPTIONS);
    await expect(asked.progress()).resolves.toEqual({ nth: 1 });
    await expect.poll(() => log, WITHIN).toContain('flink: WARN two');
    expect(log).toEqual(
      expect.arrayContaining([
        'flink: WARN one',
        'flink: OpenJDK 64-Bit Server VM warning: three',
        'flink: {"id":',
        'flink: {"no":"id"}',
      ]),
    );
  });

  test('sees nothing of the shell that is none of its business', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('JAVA_TOOL_OPTIONS', '-agentlib:jdwp');
    vi.stubEnv('JAVA_HOME', '/opt/java');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { process: asked, folder } = flink(
      `note('env', JSON.stringify(process.env)); const hear = answer;`,
    );
    await asked.start(OPTIONS);
    const seen = JSON.parse(readFileSync(join(folder, 'env'), 'utf8')) as NodeJS.ProcessEnv;
    expect(seen).toMatchObject({ PATH: process.env.PATH, JAVA_HOME: '/opt/java' });
    // What the shell in the place of Java adds.
    const ofShell = ['PWD', 'OLDPWD', 'SHLVL', '_'];
    const allowed = ['PATH', 'HOME', 'JAVA_HOME', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];
    expect(Object.keys(seen).filter((name) => ![...allowed, ...ofShell].includes(name))).toEqual([]);
  });

  test('that ends before it was started is told of, with its last words', async () => {
    const {
      process: asked,
      broken,
      until,
      pids,
    } = flink(`
      const hear = answer;
      console.log('Terminating due to java.lang.OutOfMemoryError: Java heap space');
      process.exitCode = 3;
      process.stdin.destroy();
    `);
    await expect.poll(() => broken.length, WITHIN).toBe(1);
    expect(String(broken[0])).toMatch(/nobody stopped it\nTerminating due to java\.lang\.OutOfMemoryError/);
    await expect(asked.start(OPTIONS)).rejects.toThrow('has ended');
    await until(1);
    expect(pids().filter(isRunning)).toEqual([]);
  });

  test('that ends while it starts is told to who starts it, and to nobody else', async () => {
    const {
      process: asked,
      broken,
      pids,
    } = flink(
      `const hear = () => { console.error('no disk'); process.exitCode = 1; process.stdin.destroy(); };`,
    );
    await expect(asked.start(OPTIONS)).rejects.toThrow(/nobody stopped it\nno disk/);
    await expect(asked.stop()).rejects.toThrow('has ended');
    expect({ broken, started: pids().length }).toEqual({ broken: [], started: 1 });
  });

  test('that cannot be had is told of', async () => {
    const broken: unknown[] = [];
    const missing = new FlinkProcess({
      java: join(temporaryFolder(), 'java'),
      classPath: '',
      log: () => {},
      broken: (error) => void broken.push(error),
    });
    await expect.poll(() => broken, WITHIN).toEqual([expect.objectContaining({ code: 'ENOENT' })]);
    await expect(missing.stop()).rejects.toThrow('has ended');
  });
});
