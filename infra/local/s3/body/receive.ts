import { createHash } from 'node:crypto';
import { invalidRequest, S3Error } from '../errors.ts';
import type { S3Request } from '../request.ts';
import type { Blobs, Extent } from '../store/blobs.ts';
import { AwsChunkedDecoder } from './aws-chunked.ts';
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  checksumHeader,
  isChecksumAlgorithm,
  isChecksumValue,
  startChecksum,
} from './checksums.ts';

/** Bytes of one PutObject or UploadPart. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MAX_UPLOAD = 5 * 1024 ** 3;
/** Bytes of a request's XML: ten thousand parts with their checksums. */
const MAX_DOCUMENT = 4 * 1024 * 1024;

/** What is known of a body that was received and is as the client said. */
interface Received {
  readonly size: number;
  /** Hexadecimal. */
  readonly md5: string;
  /** That which the client brought; undefined if it brought none. */
  readonly brought: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
  /** Base64, of the algorithm that was asked for. */
  readonly checksum: string;
}

export interface ReceivedContent extends Received {
  /** The one that was asked for. */
  readonly algorithm: ChecksumAlgorithm;
  /** Retained: to be released once it is stored, or is not to be. */
  readonly content: readonly Extent[];
}

/**
 * Receives a body into a blob, of which nothing is left if it is not as the client said.
 *
 * @param choose what to sum it with, given what the client brings; may throw
 */
export async function receiveContent(
  request: S3Request,
  blobs: Blobs,
  choose: (brought: ChecksumAlgorithm | undefined) => ChecksumAlgorithm,
): Promise<ReceivedContent> {
  const promises = readPromises(request, MAX_UPLOAD);
  const algorithm = choose(promises.checksum?.algorithm);
  const blob = await blobs.create();
  try {
    const received = await receive(request, promises, (bytes) => blob.write(bytes), algorithm);
    return { ...received, algorithm, content: await blob.finish() };
  } catch (error) {
    await blob.discard();
    throw error;
  }
}

/**
 * Receives a body that is XML or JSON.
 *
 * @throws S3Error also MaxMessageLengthExceeded
 */
export async function receiveDocument(
  request: S3Request,
): Promise<{ readonly body: Buffer; readonly checked: boolean }> {
  const promises = readPromises(request, MAX_DOCUMENT);
  const pieces: Buffer[] = [];
  const { brought } = await receive(request, promises, (bytes) => {
    pieces.push(bytes);
  });
  return {
    body: Buffer.concat(pieces),
    checked: brought !== undefined || request.header('content-md5') !== undefined,
  };
}

/** MD5, in hexadecimal, and checksum of bytes that are here already. */
export async function digestContent(
  blobs: Blobs,
  content: readonly Extent[],
  algorithm: ChecksumAlgorithm,
): Promise<{ readonly md5: string; readonly checksum: string }> {
  const md5 = createHash('md5');
  const sum = startChecksum(algorithm);
  for await (const piece of blobs.read(content)) {
    md5.update(piece);
    sum.update(piece);
  }
  return { md5: md5.digest('hex'), checksum: sum.value() };
}

/** What the headers say of the body. */
interface Promises {
  /** Bytes of content; undefined where HTTP/2 does not tell. */
  readonly length: number | undefined;
  readonly limit: number;
  readonly chunked: boolean;
  readonly md5: string | undefined;
  /** Hexadecimal. */
  readonly sha256: string | undefined;
  /** Its value comes in a trailer if it is undefined. */
  readonly checksum:
    | { readonly algorithm: ChecksumAlgorithm; readonly value: string | undefined }
    | undefined;
}

function readPromises(request: S3Request, limit: number): Promises {
  const sha256 = request.header('x-amz-content-sha256');
  const chunked =
    sha256?.startsWith('STREAMING-') === true ||
    /(?:^|,)\s*aws-chunked\s*(?:,|$)/i.test(request.header('content-encoding') ?? '');
  const length = readLength(request, chunked);
  if (length !== undefined && length > limit) throw tooLarge(limit, length);
  const md5 = request.header('content-md5');
  if (md5 !== undefined && !isChecksumValue('MD5', md5)) {
    throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.', {
      'Content-MD5': md5,
    });
  }
  return {
    length,
    limit,
    chunked,
    md5,
    sha256: sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined,
    checksum: readChecksum(request, chunked),
  };
}

function readLength(request: S3Request, chunked: boolean): number | undefined {
  const name = chunked ? 'x-amz-decoded-content-length' : 'content-length';
  const told = request.header(name);
  if (told !== undefined) {
    if (!/^\d{1,15}$/.test(told)) throw invalidRequest(`${name} must be a number of bytes (given ${told})`);
    return Number(told);
  }
  if (chunked || request.header('transfer-encoding') !== undefined) {
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  // HTTP/1.1 without either header has no body; HTTP/2 tells the end by itself.
  return request.header(':method') === undefined ? 0 : undefined;
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
function readChecksum(request: S3Request, chunked: boolean): Promises['checksum'] {
  const brought = CHECKSUM_ALGORITHMS.filter((algorithm) => request.header(checksumHeader(algorithm)));
  const trailer = chunked ? request.header('x-amz-trailer')?.toLowerCase() : undefined;
  const inTrailer = CHECKSUM_ALGORITHMS.find((algorithm) => checksumHeader(algorithm) === trailer);
  if (brought.length + (inTrailer === undefined ? 0 : 1) > 1) {
    throw invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  if (trailer !== undefined && inTrailer === undefined) {
    throw invalidRequest('The value specified in the x-amz-trailer header is not supported');
  }
  const algorithm = brought[0] ?? inTrailer;
  if (algorithm === undefined) {
    const named = request.header('x-amz-sdk-checksum-algorithm');
    // The SDKs say MD5 in the header that was there before all others.
    if (named === undefined || (named === 'MD5' && request.header('content-md5'))) return undefined;
    if (!isChecksumAlgorithm(named.toUpperCase()))
      throw invalidRequest(
        'Checksum algorithm provided is unsupported. Please try again with any of the valid types: ' +
          `[${CHECKSUM_ALGORITHMS.join(', ')}]`,
      );
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  const value = request.header(checksumHeader(algorithm));
  if (value !== undefined && !isChecksumValue(algorithm, value)) throw invalidChecksum(algorithm);
  return { algorithm, value };
}

async function receive(
  request: S3Request,
  promises: Promises,
  sink: (bytes: Buffer) => void | Promise<void>,
  algorithm?: ChecksumAlgorithm,
): Promise<Received> {
  const { length, limit, checksum } = promises;
  const decoder = promises.chunked ? new AwsChunkedDecoder() : undefined;
  const md5 = createHash('md5');
  const sha256 = promises.sha256 === undefined || decoder !== undefined ? undefined : createHash('sha256');
  const kept = algorithm === undefined ? undefined : startChecksum(algorithm);
  // One and the same if the client brings what is kept.
  const other =
    checksum === undefined || checksum.algorithm === algorithm
      ? undefined
      : startChecksum(checksum.algorithm);
  let size = 0;

  for await (const piece of piecesOf(request)) {
    for (const bytes of decoder === undefined ? [piece] : decoder.push(piece)) {
      size += bytes.length;
      if (size > (length ?? limit)) throw length === undefined ? tooLarge(limit, size) : incomplete();
      md5.update(bytes);
      sha256?.update(bytes);
      kept?.update(bytes);
      other?.update(bytes);
      await sink(bytes);
    }
  }
  decoder?.end();
  if (length !== undefined && size !== length) throw incomplete();

  const digest = md5.digest();
  if (promises.md5 !== undefined && promises.md5 !== digest.toString('base64')) {
    throw new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.', {
      ExpectedDigest: promises.md5,
      CalculatedDigest: digest.toString('base64'),
    });
  }
  if (sha256 !== undefined) checkSha256(promises.sha256 ?? '', sha256.digest('hex'));
  const keptValue = kept?.value() ?? '';
  const base = { size, md5: digest.toString('hex'), checksum: keptValue };
  if (checksum === undefined) return { ...base, brought: undefined };
  const value = other?.value() ?? keptValue;
  checkChecksum(
    checksum.algorithm,
    checksum.value ?? decoder?.trailers.get(checksumHeader(checksum.algorithm)),
    value,
  );
  return { ...base, brought: { algorithm: checksum.algorithm, value } };
}

/** A body whose sender goes away has ended before its end, which is no fault of ours. */
async function* piecesOf({ body }: S3Request): AsyncGenerator<Buffer, void, undefined> {
  try {
    // What is not read stays in the stream, so that its sender gets to read why it was refused.
    for await (const piece of body.iterator({ destroyOnReturn: false })) yield piece as Buffer;
  } catch {
    throw incomplete();
  }
}

function checkSha256(told: string, computed: string): void {
  if (told === computed) return;
  throw new S3Error(
    400,
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { ClientComputedContentSHA256: told, S3ComputedContentSHA256: computed },
  );
}

function checkChecksum(algorithm: ChecksumAlgorithm, told: string | undefined, computed: string): void {
  if (told === undefined) {
    throw new S3Error(
      400,
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    );
  }
  if (!isChecksumValue(algorithm, told)) throw invalidChecksum(algorithm);
  if (told !== computed) {
    throw new S3Error(
      400,
      'BadDigest',
      `The ${algorithm} you specified did not match the calculated checksum.`,
    );
  }
}

export function invalidChecksum(algorithm: ChecksumAlgorithm): S3Error {
  return invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
}

function incomplete(): S3Error {
  return new S3Error(
    400,
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}

function tooLarge(limit: number, size: number): S3Error {
  if (limit === MAX_DOCUMENT) {
    return new S3Error(400, 'MaxMessageLengthExceeded', 'Your request was too big.', {
      MaxMessageLengthBytes: limit,
    });
  }
  return new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    ProposedSize: size,
    MaxSizeAllowed: limit,
  });
}
