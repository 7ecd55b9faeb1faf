import { relative } from 'node:path';
import { createControlClient } from '../../infra/local/control/client.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { LOCAL } from '../../telemetry/topology.ts';
import { activePort, beginWorkshop, endWorkshop } from '../../workshop/guide/active.ts';
import { cloudFolder, learnersFolder } from '../../workshop/guide/places.ts';
import { copyStarters } from '../../workshop/guide/starters.ts';
import { MODULES } from '../../workshop/modules/index.ts';
import { stopCloud } from '../commands/stop.ts';
import { asTyped, portFlag } from '../hints.ts';
import { start } from '../start/start.ts';

/**
 * `wildrydes workshop start`: an empty cloud of the workshop's own in the background, limited as AWS is, and the starter
 * code in `my-rydes/`. What is there already stays.
 *
 * @throws WildRydesError PORT_TAKEN when another cloud runs there
 */
export async function startWorkshop(flags: { readonly port?: number | undefined }): Promise<number> {
  const port = flags.port ?? activePort() ?? LOCAL.port;
  const data = cloudFolder(port);
  const copied = copyStarters(MODULES, learnersFolder());
  if (copied.length > 0) {
    process.stdout.write(`starter code is in ${relative(process.cwd(), learnersFolder()) || '.'}/\n`);
  }
  if (!(await runsAlready(port, data))) {
    // What it has to say about its cloud, the workshop says.
    const status = await start({ port, data, empty: true, enforceLimits: true, detach: true }, () => {});
    if (status !== 0) return status;
  }
  beginWorkshop(port);
  const lines = [
    `the workshop is on, in a cloud of its own on port ${port}`,
    '',
    'Open a shell in which all commands lead there, and ask what to do first:',
    `  ./wildrydes shell${portFlag(port)}`,
    '  ./wildrydes workshop',
  ];
  process.stdout.write(`${lines.map((line) => asTyped(line)).join('\n')}\n`);
  return 0;
}

async function runsAlready(port: number, data: string): Promise<boolean> {
  const health = await createControlClient(`http://127.0.0.1:${port}`).health();
  if (health === undefined || health === 'foreign') return false;
  if (health.data === data) return true;
  throw new WildRydesError(
    'PORT_TAKEN',
    `another local cloud runs on port ${port} already (process ${health.pid}), with ${health.pipeline ? 'the pipeline' : 'things of yours'} in it`,
    { next: `End it with ./wildrydes stop${portFlag(port)}, or choose another port with --port.` },
  );
}

/** `wildrydes workshop stop`: ends the workshop's cloud; what was made stays for the next `workshop start`. */
export async function stopWorkshop(): Promise<void> {
  const port = activePort();
  if (port === undefined) {
    throw new WildRydesError('USAGE', 'no workshop is under way on this machine', {
      next: './wildrydes workshop start',
    });
  }
  const health = await createControlClient(`http://127.0.0.1:${port}`).health();
  if (health !== undefined && health !== 'foreign' && health.data === cloudFolder(port))
    await stopCloud(port);
  endWorkshop();
  process.stdout.write(asTyped('the workshop is off; ./wildrydes workshop start goes on where it was\n'));
}
