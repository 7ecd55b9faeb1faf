import { setTimeout } from 'node:timers/promises';
import type { CommandModule } from 'yargs';
import { createControlClient } from '../../infra/local/control/client.ts';
import { WildRydesError } from '../../telemetry/errors.ts';

import { portFlag } from '../hints.ts';
import { PORT_OPTION } from '../options.ts';
import { portMeant } from '../shell/port.ts';

/** How long a cloud may take to flush and close, milliseconds. */
const CLOSING = 15_000;

/** `wildrydes stop`: ends the local cloud on a port, in good order. */
export const stopCommand: CommandModule<object, { readonly port?: number | undefined }> = {
  command: 'stop',
  describe: 'end the local cloud, in good order',
  builder: (yargs) => yargs.option('port', PORT_OPTION),
  handler: ({ port = portMeant(process.env) }) => stopCloud(port),
};

/**
 * Ends the local cloud on a port, and waits until it has ended.
 *
 * @throws WildRydesError UNREACHABLE when none runs there, or it does not end
 */
export async function stopCloud(port: number): Promise<void> {
  const control = createControlClient(`http://127.0.0.1:${port}`);
  const health = await control.health();
  if (health === undefined || health === 'foreign') {
    throw new WildRydesError('UNREACHABLE', `no local cloud runs on port ${port}`, {
      next: 'If it runs on another port, name it with --port.',
    });
  }
  await control.stop();
  const deadline = performance.now() + CLOSING;
  for (;;) {
    const now = await control.health();
    if (now === undefined || now === 'foreign' || now.pid !== health.pid) break;
    if (performance.now() > deadline) {
      throw new WildRydesError('UNREACHABLE', `the local cloud (process ${health.pid}) has not ended yet`, {
        next: `Look at it with ./wildrydes status${portFlag(port)}, or end it with: kill ${health.pid}`,
      });
    }
    await setTimeout(50);
  }
  process.stdout.write(`stopped the local cloud on port ${port}\n`);
}
