import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createControlClient } from '../infra/local/control/client.ts';
import { startLocal } from '../infra/pipeline.ts';
import { defaultStateFolder } from '../infra/project.ts';
import { systemClock } from '../telemetry/clock.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { LOCAL, STREAMS, TABLES } from '../telemetry/topology.ts';
import type { StartFlags } from './commands/start.ts';
import { onInterrupt } from './interrupt.ts';
import { portTaken } from './producer/cloud.ts';
import { coloursFor } from './terminal.ts';

/** How long a cloud in the background may take to answer, milliseconds. */
const DETACHED_START = 15_000;

/**
 * Runs the local cloud until Ctrl-C, SIGTERM or `wildrydes stop`; with `detach`, until it answers in the background.
 *
 * @returns the exit status
 * @throws WildRydesError PORT_TAKEN, STATE_UNUSABLE or STATE_CORRUPT
 */
export async function start(flags: StartFlags): Promise<number> {
  const port = flags.port ?? LOCAL.port;
  const running = await createControlClient(`http://127.0.0.1:${port}`).health();
  if (running === 'foreign') throw portTaken(port);
  if (running !== undefined) {
    throw new WildRydesError(
      'PORT_TAKEN',
      `a local cloud already runs on port ${port} (process ${running.pid})`,
      {
        next: `Use it as it is, end it with ./wildrydes stop${portFlag(port)}, or start another with --port ${port + 1} --data FOLDER.`,
      },
    );
  }
  const data = flags.ephemeral ? null : resolve(flags.data ?? defaultStateFolder());
  return flags.detach ? startDetached(port, data, flags) : startHere(port, data, flags);
}

async function startHere(port: number, data: string | null, flags: StartFlags): Promise<number> {
  const interrupt = onInterrupt();
  const local = await startLocal({
    port,
    data,
    clock: systemClock,
    pipeline: flags.empty !== true,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(greeting(local.endpoint, port, data, flags));
  const interrupted = new Promise<void>((resolve) => {
    if (interrupt.signal.aborted) resolve();
    interrupt.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([interrupted, local.stopRequested]);
  process.stderr.write('stopping\n');
  await local.close();
  interrupt.release();
  return 0;
}

function greeting(endpoint: string, port: number, data: string | null, flags: StartFlags): string {
  const { bold, dim } = coloursFor(process.stdout, process.env);
  const flag = portFlag(port);
  const holds = flags.empty
    ? ['empty: create what you need with the AWS CLI or any SDK']
    : [
        `streams  ${Object.values(STREAMS).join(', ')}`,
        `tables   ${Object.values(TABLES)
          .map((table) => table.name)
          .join(', ')}`,
      ];
  return [
    `${bold('Wild Rydes local cloud')} at ${bold(endpoint)}`,
    `state    ${data ?? 'nothing is kept'}`,
    ...holds,
    '',
    dim('In another terminal:'),
    ...(flags.empty ? [] : [`  ./producer --name Rocinante${flag}`]),
    `  ./wildrydes shell${flag}     the AWS CLI and every SDK, pointed here`,
    `  ./wildrydes status${flag}    what runs and how far it is`,
    dim('Ctrl-C stops.'),
    '',
  ].join('\n');
}

function portFlag(port: number): string {
  return port === LOCAL.port ? '' : ` --port ${port}`;
}

/** Starts this same command in a process of its own, and waits until it answers. */
async function startDetached(port: number, data: string | null, flags: StartFlags): Promise<number> {
  const folder = data ?? defaultStateFolder();
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, 'cloud.log');
  const log = openSync(logFile, 'a');
  const where = flags.ephemeral ? ['--ephemeral'] : ['--data', folder];
  const args = ['start', '--port', String(port), ...where, ...(flags.empty ? ['--empty'] : [])];
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...args], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  let exited = false;
  child.once('exit', () => {
    exited = true;
  });
  const control = createControlClient(`http://127.0.0.1:${port}`);
  const deadline = performance.now() + DETACHED_START;
  while (!exited && performance.now() < deadline) {
    const health = await control.health();
    if (health !== undefined && health !== 'foreign' && health.pid === child.pid) {
      child.unref();
      process.stdout.write(
        greeting(health.endpoint, port, data, flags).replace(
          'Ctrl-C stops.',
          `./wildrydes stop${portFlag(port)} ends it; its log is ${logFile}`,
        ),
      );
      return 0;
    }
    await setTimeout(50);
  }
  child.kill();
  throw new WildRydesError('UNREACHABLE', 'the local cloud did not start in the background', {
    next: `Its log says why: ${logFile}`,
  });
}
