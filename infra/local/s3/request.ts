import type { Readable } from 'node:stream';
import type { RequestHead } from '../gateway/service.ts';
import { S3Error } from './errors.ts';

/** One request, as operations see it. */
export interface S3Request {
  readonly method: string;
  /** '' when the request is for the service. */
  readonly bucket: string;
  /** '' when it is for a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  /** Path as sent, without its query: what errors name. */
  readonly resource: string;
  /** Of the credential scope. */
  readonly region: string;
  /** Told to the client in every answer. */
  readonly id: string;
  readonly body: Readable;
  /** A header by its lower-case name; of a presigned request also one that was put into the query. */
  header(name: string): string | undefined;
  /** Headers whose names start so, without it, in the order in which they came. */
  headersFrom(start: string): (readonly [string, string])[];
}

/**
 * `bucket.localhost:4566`: clients told of `localhost` put the bucket there, those told of an address put it into the path.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
const VIRTUAL_HOST = /^(.+)\.localhost(?::\d+)?$/i;

/** @throws S3Error InvalidURI */
export function readRequest(head: RequestHead, body: Readable, id: string): S3Request {
  const mark = head.path.indexOf('?');
  const resource = mark < 0 ? head.path : head.path.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : head.path.slice(mark + 1));
  const { bucket, key } = addressOf(head, resource);
  const signedQuery = new Map(
    [...query]
      .filter(([name]) => isHeaderInQuery(name))
      .map(([name, value]) => [name.toLowerCase(), value] as const),
  );

  return {
    method: head.method,
    bucket,
    key,
    query,
    resource,
    region: head.region,
    id,
    body,
    header(name) {
      const value = Object.hasOwn(head.headers, name) ? head.headers[name] : undefined;
      return (Array.isArray(value) ? value.join(',') : value) ?? signedQuery.get(name);
    },
    headersFrom(start) {
      const sent = Object.entries(head.headers).map(([name, value]) => [name, String(value ?? '')] as const);
      return [...sent, ...signedQuery]
        .filter(([name]) => name.startsWith(start))
        .map(([name, value]) => [name.slice(start.length), value] as const);
    },
  };
}

/**
 * Signers move headers into the query. A checksum there is that of the empty body which they signed, and not meant.
 */
function isHeaderInQuery(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.startsWith('x-amz-') && !/^x-amz-(?:checksum-|sdk-checksum-|content-sha256$)/.test(lower);
}

function addressOf({ headers }: RequestHead, resource: string): { bucket: string; key: string } {
  const host = headers[':authority'] ?? headers.host ?? '';
  const virtual = VIRTUAL_HOST.exec(String(host))?.[1];
  const path = resource.replace(/^\//, '');
  if (virtual !== undefined) return { bucket: virtual.toLowerCase(), key: decoded(path) };
  const slash = path.indexOf('/');
  if (slash < 0) return { bucket: decoded(path), key: '' };
  return { bucket: decoded(path.slice(0, slash)), key: decoded(path.slice(slash + 1)) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.", { URI: text });
  }
}
