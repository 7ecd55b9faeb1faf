import { functionNamed } from '../../check/functions.ts';
import { roleNamed } from '../../check/roles.ts';
import { activeStream } from '../../check/streams.ts';
import { type Passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { checkLogging } from './logging.ts';

export const HANDLER = 'kinesisEventLogger.handler';

/** The oldest version of Node.js that Lambda still cares for. Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
const OLDEST_NODE = 22;

/** It is set up as it should be, and does what it should. */
export async function checkFunction(at: Workbench): Promise<Passed> {
  const name = at.names.cliFunction;
  const looked = `the function ${name}`;
  const found = await functionNamed(at, name);
  const update = `aws lambda update-function-configuration --function-name ${name}`;
  const { Runtime = 'a container image', Handler = '', Role = '', Timeout = 3 } = found;
  if (Number(/^nodejs(\d+)\.x$/.exec(Runtime)?.[1] ?? 0) < OLDEST_NODE) {
    throw wrong({
      looked,
      found: `its runtime is ${Runtime}`,
      expected: 'a version of Node.js that AWS still cares for: nodejs22.x or later',
      next: `${update} --runtime nodejs22.x`,
    });
  }
  if (Handler !== HANDLER) {
    throw wrong({
      looked,
      found: `its handler is ${Handler}`,
      expected: `${HANDLER}: the file's name without its ending, a dot, and the name that it exports`,
      next: `${update} --handler ${HANDLER}`,
    });
  }
  const role = await roleNamed(at, at.names.cliRole);
  if (Role !== role.arn) {
    throw wrong({
      looked,
      found: `it runs as ${Role}`,
      expected: `it runs as the role ${role.name}`,
      next: `${update} --role ${role.arn}`,
    });
  }
  const { StreamARN = '' } = await activeStream(at, at.names.cliStream);
  return checkLogging(at, { name, streamArn: StreamARN, timeout: Timeout });
}
