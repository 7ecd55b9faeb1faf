import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../../infra/local/cloud.ts';
import { defaultStateFolder } from '../../infra/project.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { freePort, temporaryFolder, wildrydes } from '../../test/kit.ts';
import { applied, localEnvironment } from './environment.ts';
import { startUp } from './start-up.ts';

const HOSTILE =
  'export AWS_PROFILE=production AWS_ACCESS_KEY_ID=real AWS_ENDPOINT_URL=https://aws.test OWN=kept\n';

function installed(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0;
}

/** What an interactive shell shows of its environment and its prompt, when the user's start-up files do their worst. */
function interactively(program: string, commands: string): string {
  const home = temporaryFolder();
  const folder = join(home, 'private');
  mkdirSync(folder);
  mkdirSync(join(home, '.config/fish'), { recursive: true });
  for (const file of ['.bashrc', '.zshrc', '.zshenv', '.shinit']) writeFileSync(join(home, file), HOSTILE);
  writeFileSync(
    join(home, '.config/fish/config.fish'),
    'set -gx AWS_PROFILE production; set -gx AWS_ACCESS_KEY_ID real; set -gx OWN kept\n',
  );
  const outer = {
    PATH: process.env.PATH,
    HOME: home,
    ENV: join(home, '.shinit'),
    AWS_SESSION_TOKEN: 'outer',
    TERM: 'dumb',
  };
  const environment = localEnvironment(outer, 4801, { config: '/c', credentials: '/s' });
  const { args, env, files } = startUp({
    program,
    mark: '(wildrydes local) ',
    environment,
    outer,
    folder,
    interactive: true,
  });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  // Only fish insists on a terminal for being interactive; it reads its configuration in any case.
  const command = program === 'fish' ? ['-c', commands] : [];
  return execFileSync(program, [...args.filter((arg) => program !== 'fish' || arg !== '-i'), ...command], {
    input: `${commands}\nexit\n`,
    env: { ...applied(outer, environment), ...env } as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 10_000,
  }).toString('utf8');
}

describe.each(['bash', 'sh', 'dash', 'zsh', 'fish'])('an interactive %s', (program) => {
  test.runIf(installed(program))('keeps what the user’s files set, but where AWS’s tools talk to', () => {
    const shown = interactively(
      program,
      'echo "<$AWS_PROFILE|$AWS_ACCESS_KEY_ID|$AWS_ENDPOINT_URL|$AWS_SESSION_TOKEN|$OWN>"',
    );
    expect(shown).toContain('<|wildrydes|http://127.0.0.1:4801||kept>');
  });
});

test.runIf(installed('bash'))('the prompt of bash is marked, also one that is made anew each time', () => {
  // A prompt that a command makes, as many themes do.
  const made = interactively('bash', `PROMPT_COMMAND="PS1='theme> '\n$PROMPT_COMMAND"\necho "[$PS1]"`);
  expect(made).toContain('[(wildrydes local) theme> ]');
  const list = interactively('bash', 'echo "[$PS1]"; declare -p PROMPT_COMMAND');
  expect(list).toContain('[(wildrydes local) ');
});

test('the prompt of a POSIX shell is marked', () => {
  expect(interactively('sh', 'echo "[$PS1]"')).toContain('[(wildrydes local) ');
});

describe('the command', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock, pipeline: false });
  });
  afterAll(async () => {
    await cloud?.close();
    for (const port of ports) rmSync(filesOf(port), { recursive: true, force: true });
  });

  const ports = new Set<number>();
  const filesOf = (port: number) => {
    ports.add(port);
    return join(defaultStateFolder(), 'shell', `local-${port}`);
  };

  const shell = (args: string[], env: Record<string, string> = {}) =>
    wildrydes(['shell', ...args], { SHELL: '/bin/sh', ...env }).finished;

  test('runs one command there, and leaves with its exit status', async () => {
    const { status, stdout, stderr } = await shell(['--port', String(cloud.port), '-c', 'env; exit 7'], {
      AWS_PROFILE: 'production',
      AWS_SESSION_TOKEN: 'outer',
    });
    expect({ status, stderr }).toEqual({ status: 7, stderr: '' });
    expect(stdout).toContain(`AWS_ENDPOINT_URL=${cloud.endpoint}\n`);
    expect(stdout).toContain('WILDRYDES_SHELL=local\n');
    expect(stdout).not.toMatch(/production|outer|VERSION_SUPPORT/);
  });

  test('a command that a signal ends: 128 and its number, as shells say it', async () => {
    const { status } = await shell(['--port', String(cloud.port), '-c', 'kill -TERM $$']);
    expect(status).toBe(143);
  });

  test('has its own files for each port, which nobody else can read', async () => {
    const folder = filesOf(cloud.port);
    await shell(['--port', String(cloud.port), '-c', 'true']);
    expect(readFileSync(join(folder, 'config'), 'utf8')).toContain(`endpoint_url = ${cloud.endpoint}`);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder))
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['config', 'credentials']));
    const other = await startCloud({ port: 0, data: null, kept: false, clock: systemClock, pipeline: false });
    try {
      await shell(['--port', String(other.port), '-c', 'true']);
      expect(readFileSync(join(folder, 'config'), 'utf8')).toContain(`endpoint_url = ${cloud.endpoint}`);
    } finally {
      await other.close();
    }
    expect(existsSync(join(filesOf(other.port), 'config'))).toBe(true);
  });

  test('without a cloud: 3, and how to start one there', async () => {
    const port = String(await freePort());
    const { status, stderr } = await shell(['--port', port, '-c', 'true']);
    expect(status).toBe(3);
    expect(stderr).toContain(`./wildrydes start --port ${port}`);
  });

  test.each([
    [['--region', 'us-west-2'], {}, /--target aws/],
    [['--target', 'aws', '--port', '4801'], {}, /leave out --target aws/],
    [['--target', 'aws'], { WILDRYDES_SHELL: 'local' }, /Leave it first: exit/],
    [['--target', 'moon'], {}, /--target must be local or aws \(given moon\)/],
  ])('%j in %j is a usage error', async (args, env, message) => {
    const { status, stderr } = await shell([...args, '-c', 'true'], env);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('a SHELL that does not exist is told', async () => {
    const { status, stderr } = await shell(['--port', String(cloud.port), '-c', 'true'], {
      SHELL: '/no/such/shell',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('cannot run /no/such/shell');
  });

  test('towards AWS: the user’s own settings', async () => {
    const own = { AWS_PROFILE: 'workshop', AWS_CA_BUNDLE: '/ca', AWS_ENDPOINT_URL: 'http://localhost:4566' };
    const { status, stdout } = await shell(['--target', 'aws', '-c', 'env | grep ^AWS_ | sort'], own);
    expect(status).toBe(0);
    expect(stdout).toBe('AWS_CA_BUNDLE=/ca\nAWS_PROFILE=workshop\n');
  });
});
