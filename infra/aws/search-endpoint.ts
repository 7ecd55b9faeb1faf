import { redacted } from '../../processor/search/settings.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import type { KitStack } from './kit-stack.ts';
import type { SearchPlace } from './search-domain.ts';

/**
 * Hosts of domains: `search-NAME-ID.REGION.es.amazonaws.com`, of both IP versions `search-NAME-ID.aos.REGION.on.aws`; `vpc-`
 * inside of a VPC. An id has no dashes, so that what is before the last one is the name.
 * Source: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createupdatedomains.html
 */
const HOSTS = [
  /^(?<net>search|vpc)-(?<name>[a-z][a-z0-9-]{2,27})-[a-z0-9]+\.(?<region>[a-z0-9-]+)\.es\.amazonaws\.com(?:\.cn)?$/,
  /^(?<net>search|vpc)-(?<name>[a-z][a-z0-9-]{2,27})-[a-z0-9]+\.aos\.(?<region>[a-z0-9-]+)\.on\.aws$/,
] as const;

const DOMAIN_ARN = /^arn:[a-z-]+:es:[a-z0-9-]+:\d{12}:domain\/[a-z][a-z0-9-]{2,27}$/;

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

const EXAMPLE = 'For example https://search-rides-abc123.us-west-2.es.amazonaws.com';

/** A domain that exists, as its URL tells: by its ARN, or by name and region, of the account that is deployed to. */
interface KnownDomain {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly domain: { readonly arn: string } | { readonly name: string; readonly region: string };
}

/**
 * Reads which domain is meant. Without the CDK: whoever deploys is told before anything is begun.
 *
 * @param endpoint URL of a domain outside of a VPC, without a user, a path or a query; http only on this machine
 * @param arn of the domain; undefined: the URL tells it
 * @throws WildRydesError USAGE for any other
 */
export function readDomainEndpoint(endpoint: string, arn: string | undefined): KnownDomain {
  const url = parsed(endpoint);
  if (arn !== undefined && !DOMAIN_ARN.test(arn)) {
    throw refused('ARN', 'be that of a domain of OpenSearch Service', arn, {
      next: 'For example arn:aws:es:us-west-2:123456789012:domain/rides',
    });
  }
  const host = HOSTS.map((form) => form.exec(url.hostname)?.groups).find((groups) => groups !== undefined);
  if (host?.net === 'vpc') {
    throw refused('endpoint', 'be outside of a VPC, as the functions are', endpoint, { next: EXAMPLE });
  }
  return { endpoint: url.origin, domain: arn === undefined ? domainAt(host, endpoint) : { arn } };
}

/**
 * A domain that exists, by its URL. It is in the region that is deployed to, since requests are signed for that one; and its
 * access policy, or access control, lets the functions' roles in where their own policies do not suffice.
 *
 * @throws WildRydesError as `readDomainEndpoint` does
 */
export function existingSearch(stack: KitStack, given: string, arn: string | undefined): SearchPlace {
  const { endpoint, domain } = readDomainEndpoint(given, arn);
  if ('arn' in domain) return { endpoint, arn: domain.arn };
  const { name, region } = domain;
  return {
    endpoint,
    arn: stack.formatArn({ service: 'es', region, resource: 'domain', resourceName: name }),
  };
}

function parsed(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (url === undefined || !safe) throw refused('endpoint', 'be an https URL', endpoint, { next: EXAMPLE });
  if (url.username !== '' || url.password !== '') {
    throw refused('endpoint', 'hold no user and no password', endpoint, {
      next: "Everybody who reads the functions' settings would read them: let the functions' roles in instead.",
    });
  }
  if (`${url.pathname}${url.search}${url.hash}` !== '/') {
    throw refused('endpoint', 'end with its host', endpoint, { next: EXAMPLE });
  }
  if (/\.aoss\.amazonaws\.com(?:\.cn)?$/.test(url.hostname)) {
    throw refused('endpoint', 'be of a domain, not of a serverless collection', endpoint, {
      next: 'Collections know no _delete_by_query, which the index of logs needs.',
    });
  }
  return url;
}

function domainAt(host: Record<string, string> | undefined, endpoint: string): KnownDomain['domain'] {
  const { name, region } = host ?? {};
  if (name === undefined || region === undefined) {
    throw refused('endpoint', "be a domain's own, or come with the domain's ARN", endpoint, {
      next: 'Say the ARN too: the console shows it beside the endpoint.',
    });
  }
  return { name, region };
}

function refused(what: 'endpoint' | 'ARN', demand: string, given: string, { next }: { next: string }) {
  return new WildRydesError('USAGE', `the search ${what} must ${demand} (given ${redacted(given)})`, {
    next,
  });
}
