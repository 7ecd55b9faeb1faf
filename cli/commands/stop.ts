import { setTimeout } from 'node:timers/promises';
import type { CommandModule } from 'yargs';
import { createControlClient } from '../../infra/local/control/client.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { LOCAL } from '../../telemetry/topology.ts';
import { readPort } from '../options.ts';

/** How long a cloud may take to flush and close, milliseconds. */
const CLOSING = 15_000;

/** `wildrydes stop`: ends the local cloud on a port, in good order. */
export const stopCommand: CommandModule<object, { readonly port?: number | undefined }> = {
  command: 'stop',
  describe: 'end the local cloud, in good order',
  builder: (yargs) =>
    yargs.option('port', {
      type: 'string',
      requiresArg: true,
      describe: `its port [default: ${LOCAL.port}]`,
      coerce: readPort,
    }),
  handler: async ({ port = LOCAL.port }) => {
    const control = createControlClient(`http://127.0.0.1:${port}`);
    const health = await control.health();
    if (health === undefined || health === 'foreign') {
      throw new WildRydesError('UNREACHABLE', `no local cloud runs on port ${port}`);
    }
    await control.stop();
    const deadline = performance.now() + CLOSING;
    while ((await control.health()) !== undefined) {
      if (performance.now() > deadline) {
        throw new WildRydesError('UNREACHABLE', `the local cloud (process ${health.pid}) has not ended yet`, {
          next: `Look at it with ./wildrydes status --port ${port}, or end it with: kill ${health.pid}`,
        });
      }
      await setTimeout(50);
    }
    process.stdout.write(`stopped the local cloud on port ${port}\n`);
  },
};
