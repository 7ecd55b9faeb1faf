import { LOCAL_CREDENTIALS } from '../../infra/target.ts';
import { LOCAL } from '../../telemetry/topology.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a subshell has of the outer shell's environment, and what it has instead. */
export interface ShellEnvironment {
  /** Names that go: the outer shell's, and those that its start-up files set again. */
  readonly without: (name: string) => boolean;
  /** Values that hold, whatever the outer shell or its start-up files say. */
  readonly values: Readonly<Record<string, string>>;
}

/** Profiles that the private configuration has: guides name them. */
const PROFILES = ['default', 'wildrydes-local', 'lambda-cli-user'] as const;

/**
 * Towards the local cloud: nothing of the outer shell's AWS settings, a private configuration, and dummy credentials,
 * so that even a client too old to know the endpoint cannot authenticate against AWS.
 *
 * @param files paths of the private configuration
 * @param prefix before each name, its dash included; nothing for most
 */
export function localEnvironment(
  outer: Environment,
  port: number,
  files: { readonly config: string; readonly credentials: string },
  prefix = '',
): ShellEnvironment {
  const noProxy = withLoopback(outer.NO_PROXY ?? outer.no_proxy);
  return {
    without: (name) => name.startsWith('AWS_'),
    values: {
      AWS_CONFIG_FILE: files.config,
      AWS_SHARED_CREDENTIALS_FILE: files.credentials,
      AWS_ENDPOINT_URL: endpointAt(port),
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
      AWS_REGION: LOCAL.region,
      AWS_DEFAULT_REGION: LOCAL.region,
      AWS_EC2_METADATA_DISABLED: 'true',
      NO_PROXY: noProxy,
      no_proxy: noProxy,
      WILDRYDES_SHELL: 'local',
      PREFIX: prefix,
    },
  };
}

/**
 * Towards AWS: the outer shell's own settings, with the region and the profile that were asked for. Two things go: an
 * endpoint on this machine, which is not AWS, and keys that a tool would prefer to the profile asked for.
 */
export function awsEnvironment(
  outer: Environment,
  asked: { readonly profile?: string | undefined; readonly region?: string | undefined },
  prefix = '',
): ShellEnvironment {
  const gone = new Set(Object.keys(outer).filter((name) => isEndpoint(name) && isLoopback(outer[name])));
  if (asked.profile !== undefined) for (const name of KEYS) gone.add(name);
  return {
    without: (name) => gone.has(name),
    values: {
      WILDRYDES_SHELL: 'aws',
      PREFIX: prefix,
      ...(asked.profile === undefined ? {} : { AWS_PROFILE: asked.profile }),
      ...(asked.region === undefined ? {} : { AWS_REGION: asked.region, AWS_DEFAULT_REGION: asked.region }),
    },
  };
}

/** The environment that a subshell begins with. */
export function applied(outer: Environment, { without, values }: ShellEnvironment): Environment {
  return { ...Object.fromEntries(Object.entries(outer).filter(([name]) => !without(name))), ...values };
}

/** The private configuration file of AWS's tools, with the endpoint in each profile. */
export function awsConfig(port: number): string {
  return PROFILES.map((profile) =>
    [
      profile === 'default' ? '[default]' : `[profile ${profile}]`,
      `region = ${LOCAL.region}`,
      `endpoint_url = ${endpointAt(port)}`,
      'output = json',
      // So that a put-record's text goes in as written under version 2 too; version 1 ignores it.
      'cli_binary_format = raw-in-base64-out',
      'cli_pager =',
      '',
    ].join('\n'),
  ).join('\n');
}

/** The private credentials file: dummies. */
export function awsCredentials(): string {
  return PROFILES.map(
    (profile) =>
      `[${profile}]\naws_access_key_id = ${LOCAL_CREDENTIALS.accessKeyId}\naws_secret_access_key = ${LOCAL_CREDENTIALS.secretAccessKey}\n`,
  ).join('\n');
}

/** Keys in the environment go before AWS_PROFILE: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html */
const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;

/** Source of the names: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function isEndpoint(name: string): boolean {
  return name === 'AWS_ENDPOINT_URL' || name.startsWith('AWS_ENDPOINT_URL_');
}

function isLoopback(url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

function endpointAt(port: number): string {
  return `http://127.0.0.1:${port}`;
}

function withLoopback(noProxy: string | undefined): string {
  const hosts = (noProxy ?? '').split(',').map((host) => host.trim());
  return [...new Set([...hosts.filter(Boolean), '127.0.0.1', 'localhost', '::1'])].join(',');
}
