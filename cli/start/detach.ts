import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type ControlClient, createControlClient } from '../../infra/local/control/client.ts';
import { defaultStateFolder } from '../../infra/project.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { portFlag } from '../hints.ts';
import { onInterrupt } from '../interrupt.ts';
import { coloursFor } from '../terminal.ts';
import { type Greet, greeting, type StartedCloud } from './greeting.ts';

/** How long a cloud in the background may take to answer, milliseconds. */
const PATIENCE = 15_000;

/** The same for a cloud that starts an OpenSearch or a Flink first. */
const PATIENCE_WITH_JAVA = 150_000;

/** Of what a cloud said that did not start, the last lines. */
const LINES_TOLD = 10;

/**
 * Starts this same command in a process of its own, and waits until it answers.
 *
 * @throws WildRydesError UNREACHABLE, with what the cloud said, when it does not start
 */
export async function startDetached(cloud: StartedCloud, greet: Greet): Promise<number> {
  const file = cloud.log ?? join(cloud.data ?? defaultStateFolder(), `cloud-${cloud.port}.log`);
  const log = openLog(file);
  const began = fstatSync(log).size;
  const interrupt = onInterrupt();
  try {
    const child = spawn(process.execPath, [process.argv[1] ?? '', ...argumentsFor(cloud, file)], {
      detached: true,
      stdio: ['ignore', 'ignore', log],
    });
    let over = false;
    child.once('exit', () => {
      over = true;
    });
    const control = createControlClient(`http://127.0.0.1:${cloud.port}`);
    const deadline = performance.now() + (isSlow(cloud) ? PATIENCE_WITH_JAVA : PATIENCE);
    while (!over && !interrupt.signal.aborted && performance.now() < deadline) {
      const health = await control.health();
      if (
        health !== undefined &&
        health !== 'foreign' &&
        health.pid === child.pid &&
        (await isComplete(control, cloud))
      ) {
        child.unref();
        const ending = `./wildrydes stop${portFlag(cloud.port)} ends it; what goes wrong is told in ${file}`;
        greet(
          greeting(
            cloud,
            { endpoint: health.endpoint, searchEndpoint: health.searchEndpoint ?? undefined },
            ending,
            coloursFor(process.stdout, process.env),
          ),
        );
        return 0;
      }
      await setTimeout(50);
    }
    child.kill();
    const said = saidSince(file, began);
    throw new WildRydesError('UNREACHABLE', 'the local cloud did not start in the background', {
      next:
        said === ''
          ? `It wrote nothing to its log, ${file}: is the disk full? Started without --detach, it tells why.`
          : `${said}\nIts log is ${file}`,
    });
  } finally {
    interrupt.release();
    closeSync(log);
  }
}

function isSlow({ search, aggregation }: StartedCloud): boolean {
  return search === 'own' || aggregation === 'flink';
}

/** The cloud answers before the pipeline is in it, of which the aggregation comes last. */
async function isComplete(control: ControlClient, { empty }: StartedCloud): Promise<boolean> {
  if (empty) return true;
  const status = await control.status().catch(() => undefined); // it may just have ended
  return status !== undefined && status.aggregation !== null;
}

function argumentsFor(cloud: StartedCloud, log: string): string[] {
  return [
    'start',
    ...['--port', String(cloud.port)],
    ...(cloud.host === undefined ? [] : [`--host=${cloud.host}`]),
    ...(cloud.data === null ? ['--ephemeral'] : [`--data=${cloud.data}`]),
    ...(cloud.empty ? ['--empty'] : []),
    ...searchArguments(cloud.search),
    ...(cloud.aggregation === 'embedded' ? [] : [`--aggregation=${cloud.aggregation}`]),
    ...(cloud.enforceLimits ? ['--enforce-limits'] : []),
    `--log=${log}`,
  ];
}

function searchArguments(search: StartedCloud['search']): string[] {
  if (search === undefined) return [];
  return [search === 'own' ? '--search' : `--search=${search.endpoint}`];
}

function openLog(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, 'a');
  } catch (error) {
    throw new WildRydesError('STATE_UNUSABLE', `cannot write the log: ${(error as Error).message}`, {
      next: 'Choose another folder with --data, or another file with --log.',
      cause: error,
    });
  }
}

function saidSince(file: string, from: number): string {
  const lines = readFileSync(file).subarray(from).toString('utf8').trimEnd().split('\n');
  return lines.slice(-LINES_TOLD).join('\n');
}
