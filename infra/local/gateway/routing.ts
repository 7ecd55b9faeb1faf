import type { IncomingHttpHeaders } from 'node:http';
import { LOCAL } from '../../../telemetry/topology.ts';
import type { Service } from './service.ts';

/** What the headers say about who is meant. Empty strings where they say nothing. */
export interface Address {
  /** Before the dot of X-Amz-Target: `Kinesis_20131202`. */
  readonly targetPrefix: string;
  /** After it: `PutRecords`. */
  readonly operation: string;
  /** Service in the credential scope: `kinesis`. */
  readonly signingName: string;
  /** Region in the credential scope; the local default if unsigned. */
  readonly region: string;
}

const UNSIGNED = { signingName: '', region: LOCAL.region } as const;

/** Reads X-Amz-Target and the credential scope, from the Authorization header or a presigned query. */
export function addressOf(headers: IncomingHttpHeaders, path: string): Address {
  const target = headers['x-amz-target'];
  const scope = credentialScope(headers.authorization, path);
  if (typeof target !== 'string') return { targetPrefix: '', operation: '', ...scope };
  const dot = target.lastIndexOf('.');
  return { targetPrefix: target.slice(0, Math.max(dot, 0)), operation: target.slice(dot + 1), ...scope };
}

/**
 * Scope is `<access key>/<date>/<region>/<service>/aws4_request`. Nothing is verified: the local cloud takes any
 * credentials, it only wants to know which service and region they were meant for.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
 */
function credentialScope(
  authorization: string | undefined,
  path: string,
): { signingName: string; region: string } {
  const query = new URLSearchParams(path.slice(path.indexOf('?') + 1));
  const scope =
    authorization === undefined ? query.get('X-Amz-Credential') : between(authorization, 'Credential=', ',');
  // Version 2, which has no scope, is left to S3 alone: boto3 presigns with it unless told otherwise.
  // Source: https://docs.aws.amazon.com/AmazonS3/latest/API/Appendix-Sigv2.html
  const isVersion2 =
    authorization === undefined
      ? query.has('AWSAccessKeyId') && query.has('Signature')
      : /^AWS [^:\s]+:/.test(authorization);
  if (!scope) return isVersion2 ? { ...UNSIGNED, signingName: 's3' } : UNSIGNED;
  const [, , region, signingName] = scope.split('/');
  return { region: region || LOCAL.region, signingName: signingName ?? '' };
}

function between(text: string, start: string, end: string): string | undefined {
  const from = text.indexOf(start);
  if (from < 0) return undefined;
  const to = text.indexOf(end, from);
  return text.slice(from + start.length, to < 0 ? text.length : to);
}

/** Whether the body is a form, as in the Query protocol. */
export function isForm(headers: IncomingHttpHeaders): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/**
 * The form of a Query request that was sent with GET, in its path: a link in a message of SNS is one. Undefined for any
 * other request. Source: https://docs.aws.amazon.com/sns/latest/dg/sns-making-api-requests.html
 */
export function formInPath(method: string, path: string): string | undefined {
  if (method !== 'GET' || !path.startsWith('/?')) return undefined;
  const form = path.slice(2);
  return new URLSearchParams(form).has('Action') ? form : undefined;
}

/** The services by each key that a request may name them by. */
export interface Directory {
  /** By X-Amz-Target, else by signing name. */
  find(address: Address): Service | undefined;
  /** By the API version in the form of an unsigned Query request. */
  findByVersion(version: string): Service | undefined;
  readonly names: readonly string[];
}

export function directoryOf(services: readonly Service[]): Directory {
  const byPrefix = new Map(
    services.flatMap((service) => service.targetPrefixes.map((prefix) => [prefix, service])),
  );
  const byName = new Map(services.map((service) => [service.signingName, service]));
  const byVersion = new Map(
    services.flatMap((service) =>
      service.queryVersion === undefined ? [] : [[service.queryVersion, service]],
    ),
  );
  return {
    find: ({ targetPrefix, signingName }) =>
      targetPrefix === '' ? byName.get(signingName) : byPrefix.get(targetPrefix),
    findByVersion: (version) => byVersion.get(version),
    names: services.map((service) => service.signingName),
  };
}
