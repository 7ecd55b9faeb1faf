import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { textOf } from '../../workshop/guide/text.ts';
import { MODULES } from '../../workshop/modules/index.ts';
import { checkout } from '../checkout.ts';
import { command, freePort, temporaryFolder } from '../kit.ts';
import { openSession, type Session } from './cli-walk/session.ts';
import { takeStep } from './cli-walk/take.ts';
import { readWalk } from './cli-walk/walk.ts';
import { AWSCLI, pythonEnvironment } from './python.ts';

/** Two shells, three hours of a person's time, and minutes of a machine's: windows take the time that they are long. */
const PATIENCE = 900_000;

test('all modules, typed as they stand', { timeout: PATIENCE }, async () => {
  const folder = checkout();
  const port = await freePort();
  const path = `${pythonEnvironment(AWSCLI)}:${process.env.PATH}`;
  const wildrydes = [join(folder, 'wildrydes')] as const;
  const once = (...args: string[]) =>
    command(...wildrydes, args, { PATH: path, HOME: folder }, folder).finished;

  onTestFinished(async () => void (await once('workshop', 'stop')));
  let session: Session | undefined;
  /** As it stands there, but for the port: nobody knows who has the usual one. */
  const outside = async (commands: string, where: string) => {
    const [program, ...args] = commands.trim().split(' ');
    expect({ where, program }).toEqual({ where, program: './wildrydes' });
    if (args[0] === 'shell') session = openSession({ port, path, cwd: folder, wildrydes });
    else {
      const { status, stderr } = await once(...args, '--port', String(port));
      expect({ where, status, stderr }).toEqual({ where, status: 0, stderr: expect.any(String) });
    }
  };
  const second = secondShell(wildrydes[0], port, path, folder);
  const log: string[] = [];

  for (const module of MODULES) {
    const steps = readWalk(textOf(module));
    for (const step of steps) {
      const where = `${module.folder}:${step.line}`;
      const began = performance.now();
      if ('interrupts' in step) await second.interrupt(where);
      else if (step.where === 'outside') await outside(step.commands, where);
      else if (step.where === 'second') second.type(step.commands, where);
      else if (step.where === 'first') await takeStep(session!, step, where);
      const title = 'commands' in step ? step.commands.split('\n')[0] : 'Ctrl-C';
      log.push(`${where}  ${((performance.now() - began) / 1_000).toFixed(1)} s  ${title}`);
      if (process.env.WALK_LOG !== undefined) console.log(log.at(-1));
    }
  }
  expect(second.running()).toBe(false);
  expect(await once('workshop', 'check', '--json')).toMatchObject({
    status: 0,
    stdout: '{"findings":[],"next":null}\n',
  });
  expect(await session?.leave()).toBe(0);
});

test('what is for AWS alone is in the words that the CLI knows', async () => {
  const folder = checkout();
  const stubs = temporaryFolder();
  const aws = join(pythonEnvironment(AWSCLI), 'aws');
  // A command is held against the service's model before it is sent: to a port where nobody is.
  const stub = `#!/bin/sh
[ "$1" != s3 ] || { case $2 in cp | mb | rb | rm) exit 0 ;; *) exit 1 ;; esac; }
said=$('${aws}' --endpoint-url http://127.0.0.1:9 "$@" 2>&1)
case $said in *"Could not connect to the endpoint URL"*) exit 0 ;; esac
printf '%s\\n' "$said" >&2
exit 1
`;
  writeFileSync(join(stubs, 'aws'), stub, { mode: 0o755 });
  writeFileSync(join(stubs, 'mvn'), '#!/bin/sh\n', { mode: 0o755 });
  let run = 0;
  for (const each of MODULES) {
    const { folder: module } = each;
    const blocks = readWalk(textOf(each));
    const commands = blocks.flatMap((block) =>
      'where' in block && block.where === 'aws' ? [block.commands] : [],
    );
    if (commands.length === 0) continue;
    const script = ['set -e', 'ACCOUNT=123456789012', `mkdir -p my-rydes/${module}`, ...commands].join('\n');
    const env = {
      PATH: `${stubs}:${process.env.PATH}`,
      HOME: folder,
      AWS_REGION: 'us-west-2',
      AWS_DEFAULT_REGION: 'us-west-2',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_MAX_ATTEMPTS: '1',
      PREFIX: 'alice-',
      TOPIC_ARN: 'arn:aws:sns:us-west-2:123456789012:alice-wildrydes-alerts',
    };
    const { status, stderr } = await command('sh', ['-c', script], env, folder).finished;
    expect({ module, status, stderr }).toEqual({ module, status: 0, stderr: expect.any(String) });
    run += commands.length;
  }
  expect(run).toBeGreaterThan(0);
});

/** A shell in which one command at a time goes on until Ctrl-C. */
function secondShell(program: string, port: number, path: string, cwd: string) {
  let running:
    | { readonly pid: number; readonly ended: Promise<number | null>; readonly said: () => string }
    | undefined;
  onTestFinished(() => void (running && kill(running.pid, 'SIGKILL')));
  return {
    running: () => running !== undefined,
    type(commands: string, where: string) {
      if (running !== undefined) throw new Error(`${where}: something runs in the second shell already`);
      // In a process group of its own, as a terminal's foreground is.
      const child = spawn(program, ['shell', '--port', String(port), '-c', commands], {
        cwd,
        detached: true,
        env: { ...process.env, PATH: path, HOME: cwd, SHELL: '/bin/sh' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          said += text;
        });
      }
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      running = { pid: child.pid ?? 0, ended, said: () => said };
    },
    async interrupt(where: string) {
      if (running === undefined) throw new Error(`${where}: nothing runs in the second shell`);
      const { pid, ended, said } = running;
      kill(pid, 'SIGINT');
      // The producer ends in good order; a shell that was interrupted says so by its status.
      const status = await ended;
      expect({ where, status, said: said() }).toEqual({
        where,
        status: expect.toBeOneOf([0, 130]),
        said: expect.stringContaining('balanced  yes'),
      });
      running = undefined;
    },
  };
}

function kill(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
