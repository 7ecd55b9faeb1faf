import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort, temporaryFolder, wildrydes } from '../../test/kit.ts';

const at = (port: number) => ['--port', String(port)];

test('in the background: what it prints works as printed, and stop ends it', async () => {
  const port = await freePort();
  const data = join(temporaryFolder(), 'state');
  onTestFinished(async () => void (await wildrydes(['stop', ...at(port)]).finished));
  const { status, stdout, stderr } = await wildrydes(['start', '--detach', ...at(port), '--data', data])
    .finished;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(`Wild Rydes local cloud at http://127.0.0.1:${port}\n`);
  expect(stdout).toContain(data);
  for (const command of ['./producer --name Rocinante', './wildrydes shell', './wildrydes status']) {
    expect(stdout).toContain(`  ${command} --port ${port} `);
  }
  expect(stdout).toContain(`./wildrydes stop --port ${port} ends it`);
  expect(stdout).not.toContain('Ctrl-C');
  const log = join(data, `cloud-${port}.log`);
  expect(stdout).toContain(log);
  expect(readFileSync(log, 'utf8')).not.toContain('error');

  const [printed] = /\.\/wildrydes (status --port \d+)/.exec(stdout)?.slice(1) ?? [];
  expect((await wildrydes(printed?.split(' ') ?? []).finished).status).toBe(0);
  expect(await wildrydes(['stop', ...at(port)]).finished).toMatchObject({
    status: 0,
    stdout: `stopped the local cloud on port ${port}\n`,
  });
});

test('in the background, and it cannot start: why, and where its log is', async () => {
  const data = join(temporaryFolder(), 'state');
  const holder = wildrydes(['start', ...at(await freePort()), '--data', data]);
  await holder.line((line) => line.includes('Ctrl-C'));
  const port = await freePort();
  const { status, stdout, stderr } = await wildrydes(['start', '--detach', ...at(port), '--data', data])
    .finished;
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(stderr).toMatch(new RegExp(`in use by process ${holder.child.pid}`));
  expect(stderr).toContain(join(data, `cloud-${port}.log`));
});

test('in the foreground: until it is asked to stop, by whom ever', async () => {
  const port = await freePort();
  const running = wildrydes(['start', '--ephemeral', '--empty', ...at(port)]);
  await running.line((line) => line.includes('Ctrl-C stops it'));
  const { stdout } = await wildrydes(['status', ...at(port)]).finished;
  expect(stdout).toContain('the cloud was started empty');
  expect((await wildrydes(['stop', ...at(port)]).finished).status).toBe(0);
  expect(await running.finished).toMatchObject({ status: 0, stderr: 'stopping\n' });
});

test('a log in a file, and of a folder named twice the last', async () => {
  const log = join(temporaryFolder(), 'cloud.log');
  const folders = [0, 1].map(() => join(temporaryFolder(), 'state')) as [string, string];
  const running = wildrydes([
    'start',
    '--empty',
    ...at(await freePort()),
    ...['--log', log],
    ...folders.flatMap((folder) => ['--data', folder]),
  ]);
  await running.line((line) => line.includes('Ctrl-C stops it'));
  expect(existsSync(log)).toBe(true);
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, true]);
  running.child.kill('SIGINT');
  expect((await running.finished).status).toBe(0);
});

test('a log that cannot be written: 3', async () => {
  const log = join(temporaryFolder(), 'missing', 'cloud.log');
  const { status, stderr } = await wildrydes(['start', '--ephemeral', ...at(await freePort()), '--log', log])
    .finished;
  expect(status).toBe(3);
  expect(stderr).toContain('cannot write the log');
});

describe('search', () => {
  test.each([
    ['that is no URL', ['--search', '9200'], 2, '--search must be followed by the URL of a search cluster'],
    ['of an empty cloud', ['--search', '--empty'], 2, 'exclude each other'],
  ])('%s: told', async (_, flags, expected, told) => {
    const { status, stderr } = await wildrydes(['start', '--ephemeral', ...at(await freePort()), ...flags])
      .finished;
    expect(status).toBe(expected);
    expect(stderr).toContain(told);
  });

  test('at a URL where nothing answers: 3, before anything starts', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { status, stderr } = await wildrydes([
      'start',
      '--ephemeral',
      ...at(await freePort()),
      ...['--search', url],
    ]).finished;
    expect(status).toBe(3);
    expect(stderr).toContain(`no search cluster answers at ${url}`);
    expect(stderr).toContain('leave out the URL');
  });

  test.each([[[]], [['--detach']]])(
    'without Java: what to install, and how to do without it %j',
    async (flags) => {
      const { status, stdout, stderr } = await wildrydes(
        ['start', '--search', '--ephemeral', ...at(await freePort()), ...flags],
        { JAVA_HOME: temporaryFolder() },
      ).finished;
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      expect(stderr).toContain('search needs Java');
      expect(stderr).toMatch(/Install Java 17[\s\S]*--search http/);
    },
  );
});
