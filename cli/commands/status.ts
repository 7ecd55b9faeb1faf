import type { CommandModule } from 'yargs';
import { createControlClient } from '../../infra/local/control/client.ts';
import { WildRydesError } from '../../telemetry/errors.ts';

import { portFlag } from '../hints.ts';
import { PORT_OPTION } from '../options.ts';
import { portMeant } from '../shell/port.ts';
import { statusLines } from '../status.ts';

interface StatusFlags {
  readonly port?: number | undefined;
  readonly json?: boolean | undefined;
}

/** `wildrydes status`: what runs, what each stage has done, and how far it is behind. */
export const statusCommand: CommandModule<object, StatusFlags> = {
  command: 'status',
  describe: 'what runs, what each stage has done, how far it is behind',
  builder: (yargs) =>
    yargs
      .options({
        port: PORT_OPTION,
        json: { type: 'boolean', group: 'What you see:', describe: 'the same as one JSON object' },
      })
      .example('$0 status', 'for a person')
      .example('$0 status --json', 'for a script'),
  handler: async ({ port = portMeant(process.env), json }) => {
    const control = createControlClient(`http://127.0.0.1:${port}`);
    const health = await control.health();
    if (health === undefined || health === 'foreign') {
      throw new WildRydesError('UNREACHABLE', `no local cloud runs on port ${port}`, {
        next: `Start one with ./wildrydes start${portFlag(port)}, or with ./producer --name Rocinante${portFlag(port)}`,
      });
    }
    const status = await control.status();
    process.stdout.write(json ? `${JSON.stringify(status)}\n` : `${statusLines(status, port).join('\n')}\n`);
  },
};
