import { WildRydesError } from '../../telemetry/errors.ts';
import { oneOf, required } from '../environment.ts';

/** How a function reaches its search cluster. */
export interface SearchSettings {
  /** URL; may hold a user and a password. */
  readonly endpoint: string;
  /** When what was written is found: with the cluster's next refresh, at once, or at once while the request waits. */
  readonly refresh: Refresh;
  readonly signing: Signing;
  /** Region that requests are signed for; undefined when they are not. */
  readonly region: string | undefined;
}

const REFRESHES = ['false', 'true', 'wait_for'] as const;
export type Refresh = (typeof REFRESHES)[number];

/** Service that requests are signed for: a domain of OpenSearch Service, a serverless collection, or none. */
const SIGNINGS = ['es', 'aoss', 'none'] as const;
export type Signing = (typeof SIGNINGS)[number];

/**
 * Reads OPENSEARCH_ENDPOINT, OPENSEARCH_REFRESH (`false` by default), OPENSEARCH_SIGNING (`auto` by default: for hosts
 * of AWS, by their names) and AWS_REGION.
 *
 * @throws WildRydesError USAGE when one of them is missing or none of what it may be; no message shows a password
 */
export function searchSettings(variables: Readonly<Record<string, string | undefined>>): SearchSettings {
  const endpoint = required(variables, 'OPENSEARCH_ENDPOINT');
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new WildRydesError(
      'USAGE',
      `OPENSEARCH_ENDPOINT must be an http or https URL (given ${redacted(endpoint)})`,
      { next: 'For example http://127.0.0.1:9200, or the domain endpoint that the console shows' },
    );
  }
  const signing = oneOf(variables, 'OPENSEARCH_SIGNING', ['auto', ...SIGNINGS]);
  const service = signing === 'auto' ? serviceOf(url) : signing;
  return {
    endpoint: url.href.replace(/\/+$/, ''),
    refresh: oneOf(variables, 'OPENSEARCH_REFRESH', REFRESHES),
    signing: service,
    region: service === 'none' ? undefined : required(variables, 'AWS_REGION'),
  };
}

/** A URL for people: who is to be let in, but not the password. Text that is no URL is not shown if it may hold one. */
export function redacted(endpoint: string): string {
  if (!endpoint.includes('@')) return endpoint;
  const url = /^https?:/i.test(endpoint) && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined) return 'one with an @ in it';
  if (url.password !== '') url.password = '***';
  return url.href.replace(/\/+$/, '');
}

/**
 * The service that a host of AWS belongs to: `NAME.REGION.es.amazonaws.com`, `ID.REGION.aoss.amazonaws.com`, also in
 * other partitions. Only https is signed: a name such as this behind plain http is a tunnel to something else.
 * Source: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/request-signing.html
 */
function serviceOf({ protocol, hostname }: URL): Signing {
  if (protocol !== 'https:') return 'none';
  const service = /\.(es|aoss)\.amazonaws\.com(?:\.cn)?$/.exec(hostname)?.[1];
  return service === 'es' || service === 'aoss' ? service : 'none';
}
