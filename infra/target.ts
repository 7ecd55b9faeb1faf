import type { KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { WildRydesError } from '../telemetry/errors.ts';
import { LOCAL } from '../telemetry/topology.ts';

/** Where to talk: decided here and nowhere else, then passed to every SDK client. */
export interface Target {
  /** `local`: this kit's cloud on this machine. `endpoint`: some other endpoint, named by the user. `aws`: the real thing. */
  readonly kind: 'local' | 'endpoint' | 'aws';
  /** Absent for AWS. */
  readonly endpoint?: string;
  /** Port of the local cloud; absent for the others. */
  readonly port?: number;
  /** Absent for AWS when neither a flag nor the environment names one: the SDK's profile decides. */
  readonly region?: string;
  readonly profile?: string;
}

/** The flags that decide where to talk. */
export interface TargetFlags {
  readonly endpoint?: string | undefined;
  readonly port?: number | undefined;
  readonly aws?: boolean | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

/**
 * Decides where to talk. In this order: `--endpoint`; `--port`; `--aws`, `--region` or `--profile`;
 * `AWS_ENDPOINT_URL`; a `wildrydes shell` towards AWS; else local. Credentials in the environment alone never lead to AWS.
 * In `wildrydes shell` towards the local cloud, `--region` and `--profile` do not leave it, so that a guide's command works
 * as printed.
 *
 * @throws WildRydesError USAGE when an endpoint is not an http or https URL
 */
export function resolveTarget(flags: TargetFlags, env: Readonly<Record<string, string | undefined>>): Target {
  const region = flags.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (flags.endpoint !== undefined) return atEndpoint(flags.endpoint, '--endpoint', region);
  if (flags.port !== undefined) return atLocalPort(flags.port, flags.region);
  const localShell = env.WILDRYDES_SHELL === 'local' && env.AWS_ENDPOINT_URL !== undefined && !flags.aws;
  if (!localShell && (flags.aws || flags.region !== undefined || flags.profile !== undefined)) {
    return {
      kind: 'aws',
      ...(region === undefined ? {} : { region }),
      ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    };
  }
  if (env.AWS_ENDPOINT_URL) return atEndpoint(env.AWS_ENDPOINT_URL, 'AWS_ENDPOINT_URL', region);
  if (env.WILDRYDES_SHELL === 'aws') return { kind: 'aws', ...(region === undefined ? {} : { region }) };
  return atLocalPort(LOCAL.port, undefined);
}

/** The local cloud at a port: what `resolveTarget` gives by default, and what an embedded cloud is reached by. */
export function atLocalPort(port: number, region: string | undefined): Target {
  return { kind: 'local', endpoint: `http://127.0.0.1:${port}`, port, region: region ?? LOCAL.region };
}

function atEndpoint(given: string, source: string, region: string | undefined): Target {
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    throw new WildRydesError(
      'USAGE',
      `${source} must be a URL such as http://127.0.0.1:4566 (given ${given})`,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new WildRydesError('USAGE', `${source} must be an http or https URL (given ${given})`);
  }
  return { kind: 'endpoint', endpoint: given.replace(/\/+$/, ''), region: region ?? LOCAL.region };
}

/** What every SDK client of the kit is constructed with. A type that each client's own configuration accepts. */
export type ClientConfig = Pick<
  KinesisClientConfig,
  'endpoint' | 'region' | 'credentials' | 'profile' | 'ignoreConfiguredEndpointUrls'
>;

/**
 * SDK client configuration for a target. At the local cloud the credentials are dummies, so that nothing of the
 * shell's ever reaches it; at another endpoint the environment's own are used when it has them. AWS means AWS: an
 * endpoint that the environment or a profile names for the SDK is not followed.
 */
export function clientConfig(target: Target): ClientConfig {
  return {
    ...(target.endpoint === undefined ? {} : { endpoint: target.endpoint }),
    ...(target.region === undefined ? {} : { region: target.region }),
    ...(target.profile === undefined ? {} : { profile: target.profile }),
    ...(target.kind === 'local' ? { credentials: LOCAL_CREDENTIALS } : {}),
    ...(target.kind === 'aws' ? { ignoreConfiguredEndpointUrls: true } : {}),
  };
}

/** Accepted by the local cloud, worthless anywhere else. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'wildrydes', secretAccessKey: 'wildrydes' } as const;

/** A target in words, for messages and views. */
export function describeTarget(target: Target): string {
  if (target.kind === 'aws') return `AWS${target.region === undefined ? '' : ` in ${target.region}`}`;
  return target.endpoint ?? '';
}
