import { LOCAL } from '../../telemetry/topology.ts';
import type { Environment } from './environment.ts';

/** The port that `wildrydes shell` leads to; undefined outside of such a shell, and towards AWS. */
export function portOfShell({ WILDRYDES_SHELL, AWS_ENDPOINT_URL = '' }: Environment): number | undefined {
  if (WILDRYDES_SHELL !== 'local' || !URL.canParse(AWS_ENDPOINT_URL)) return undefined;
  return Number(new URL(AWS_ENDPOINT_URL).port) || undefined;
}

/** Port of the local cloud that is meant by a command for local clouds only, where none is named. */
export function portMeant(env: Environment): number {
  return portOfShell(env) ?? LOCAL.port;
}
