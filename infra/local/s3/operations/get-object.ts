import type { ApiResponse } from '../../gateway/service.ts';
import { checksumHeaders, type Headers } from '../answers.ts';
import { canonical, describingHeaders } from '../attributes.ts';
import { readable } from '../conditions.ts';
import { invalidArgument, invalidRequest, noSuchKey, S3Error } from '../errors.ts';
import { checkHeaders } from '../header-values.ts';
import { type Context, objectOf, s3Operation } from '../operation.ts';
import { type ByteRange, readRange } from '../ranges.ts';
import type { S3Request } from '../request.ts';
import { sliceExtents } from '../store/blobs.ts';
import type { StoredObject } from '../store/object.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export const getObject = s3Operation((request, context) => {
  const { status, headers, content } = answerOf(request, context);
  return {
    status,
    headers,
    body: content.length === 0 ? new Uint8Array() : context.buckets.blobs.read(content),
  };
});

/** GetObject without its body. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export const headObject = s3Operation((request, context): ApiResponse => {
  const { status, headers } = answerOf(request, context);
  return { status, headers, body: '' };
});

/** What the query may say of the answer's headers. */
const OVERRIDES = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
];

function answerOf(request: S3Request, context: Context) {
  const object = objectOf(request, context);
  if (object === undefined) throw noSuchKey(request.key);
  const headers = { ...describingHeaders(object), ...overrides(request.query) };
  if (readable(request, object) === 'not modified') {
    const { 'Content-Type': _, ...rest } = headers as Record<string, string>;
    return { status: 304, headers: rest, content: [] };
  }
  const part = readPart(request, object);
  const range = part?.range ?? readRange(request.header('range'), object.size);
  const { from, to } = range ?? { from: 0, to: object.size - 1 };
  const wantsChecksum = request.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const whole = to - from + 1 === object.size;
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...headers,
      'Content-Length': String(to - from + 1),
      ...(range === undefined ? {} : { 'Content-Range': `bytes ${from}-${to}/${object.size}` }),
      ...(part?.count === undefined ? {} : { 'x-amz-mp-parts-count': String(part.count) }),
      ...(wantsChecksum && whole ? checksumHeaders(object.checksum) : {}),
    },
    content: sliceExtents(object.content, from, to),
  };
}

function overrides(query: URLSearchParams): Headers {
  const given = OVERRIDES.flatMap((name): [string, string][] => {
    const value = query.get(`response-${name}`);
    return value === null ? [] : [[canonical(name), value]];
  });
  checkHeaders(given);
  return Object.fromEntries(given);
}

/** The part that is asked for by its number. An object in one piece is its own first part. */
function readPart(
  { query, header }: S3Request,
  { parts, size }: StoredObject,
): { readonly range: ByteRange | undefined; readonly count: number | undefined } | undefined {
  const given = query.get('partNumber');
  if (given === null) return undefined;
  if (header('range') !== undefined) {
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
  }
  const number = Number(given);
  if (!/^\d{1,5}$/.test(given) || number < 1 || number > 10_000) {
    throw invalidArgument(
      'Part number must be an integer between 1 and 10000, inclusive',
      'partNumber',
      given,
    );
  }
  if (number > (parts?.length ?? 1)) {
    throw new S3Error(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      ActualPartCount: parts?.length ?? 1,
      PartNumberRequested: number,
    });
  }
  if (parts === undefined) {
    return { range: size === 0 ? undefined : { from: 0, to: size - 1 }, count: undefined };
  }
  const from = parts.slice(0, number - 1).reduce((sum, part) => sum + part.size, 0);
  const length = parts[number - 1]?.size ?? 0;
  return { range: length === 0 ? undefined : { from, to: from + length - 1 }, count: parts.length };
}
