import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkout } from '../checkout.ts';
import { command, freePort } from '../kit.ts';
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
    else expect(await once(...args, '--port', String(port))).toMatchObject({ status: 0 });
  };
  const second = secondShell(wildrydes[0], port, path, folder);
  const log: string[] = [];

  const modules = join(folder, 'workshop/modules');
  for (const module of readdirSync(modules, { withFileTypes: true })) {
    if (!module.isDirectory()) continue;
    const steps = readWalk(readFileSync(join(modules, module.name, 'README.md'), 'utf8'));
    for (const step of steps) {
      const where = `${module.name}:${step.line}`;
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
      expect({ where, status: await ended, said: said() }).toMatchObject({ where, status: 0 });
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
