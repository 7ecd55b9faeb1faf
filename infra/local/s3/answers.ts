import type { ApiResponse } from '../gateway/service.ts';
import { type Checksum, checksumHeader } from './body/checksums.ts';
import type { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';
import type { Encryption } from './store/object.ts';
import { leaf } from './xml.ts';

export type Headers = Readonly<Record<string, string>>;

const XML = { 'Content-Type': 'application/xml' } as const;

/** @param body a document of xmlDocument */
export function xmlAnswer(body: string, headers: Headers = {}): ApiResponse {
  return { status: 200, headers: { ...XML, ...headers }, body };
}

export function emptyAnswer(status: number, headers: Headers = {}): ApiResponse {
  return { status, headers, body: '' };
}

/** An error in S3's shape. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses */
export function errorAnswer(error: S3Error, resource: string, requestId: string): ApiResponse {
  return {
    status: error.status,
    headers: XML,
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${errorElements(error)}${leaf('Resource', resource)}${leaf('RequestId', requestId)}${leaf('HostId', HOST_ID)}</Error>`,
  };
}

export function errorElements({ type, message, details }: S3Error): string {
  const more = Object.entries(details).map(([name, value]) => leaf(name, value));
  return `${leaf('Code', type)}${leaf('Message', message)}${more.join('')}`;
}

/** x-amz-id-2, by which AWS would find a request in its logs. */
export const HOST_ID = 'd2lsZHJ5ZGVzLWxvY2FsLWNsb3Vk';

/** What every answer carries. */
export function signed(request: Pick<S3Request, 'method'>, id: string, answer: ApiResponse): ApiResponse {
  const headers = {
    'x-amz-request-id': id,
    'x-amz-id-2': HOST_ID,
    'x-amzn-RequestId': id,
    Server: 'AmazonS3',
    ...answer.headers,
  };
  // An answer in pieces is one whose Content-Length is not that of what is sent.
  const withoutBody = request.method === 'HEAD' || answer.status === 204 || answer.status === 304;
  return { status: answer.status, headers, body: withoutBody ? NOTHING : answer.body };
}

const NOTHING: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
};

export function encryptionHeaders({ algorithm, keyId, bucketKey }: Encryption): Headers {
  return {
    'x-amz-server-side-encryption': algorithm,
    ...(keyId === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': keyId }),
    ...(bucketKey ? { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' } : {}),
  };
}

export function checksumHeaders(checksum: Checksum | undefined): Headers {
  if (checksum === undefined) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/** As HTTP has times. */
export function httpDate(milliseconds: number): string {
  return new Date(milliseconds).toUTCString();
}

/** As S3's XML has times: of whole seconds, as HTTP's are. */
export function xmlDate(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString();
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}
