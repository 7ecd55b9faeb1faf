import { invalidRequest, S3Error } from '../errors.ts';

/** Bytes of a line between chunks: a length, a signature, or a trailer. */
const LONGEST_LINE = 16 * 1024;
/** Every chunk but the last has at least so many. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html */
const SHORTEST_CHUNK = 8192;

type Expecting = 'size' | 'content' | 'content end' | 'trailer' | 'nothing';

/**
 * Reads a body in aws-chunked encoding, however it is cut into pieces:
 *
 *     10000;chunk-signature=…\r\n  65,536 bytes  \r\n
 *     0;chunk-signature=…\r\n
 *     x-amz-checksum-crc32:…\r\n
 *     \r\n
 *
 * Signatures are not checked, as nothing is in the local cloud.
 * Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export class AwsChunkedDecoder {
  /** Values by lower-case name; complete after `end`. */
  readonly trailers = new Map<string, string>();
  #expecting: Expecting = 'size';
  /** Bytes of the chunk still to come. */
  #left = 0;
  #size = SHORTEST_CHUNK;
  #line = Buffer.alloc(0);

  /**
   * @returns what the piece has of the content, as views of it
   * @throws S3Error InvalidRequest, InvalidChunkSizeError
   */
  push(piece: Buffer): Buffer[] {
    const content: Buffer[] = [];
    for (let at = 0; at < piece.length; ) {
      if (this.#expecting === 'content') {
        const part = piece.subarray(at, at + this.#left);
        content.push(part);
        at += part.length;
        this.#left -= part.length;
        if (this.#left === 0) this.#expecting = 'content end';
      } else {
        at = this.#readLine(piece, at);
      }
    }
    return content;
  }

  /** @throws S3Error IncompleteBody if the last chunk has not been seen to its end */
  end(): void {
    const complete = this.#expecting === 'nothing' || this.#expecting === 'trailer';
    if (!complete || this.#line.length > 0) {
      throw new S3Error(400, 'IncompleteBody', 'The request body terminated unexpectedly');
    }
  }

  /** Where the piece goes on after the line, or after what it has of it. */
  #readLine(piece: Buffer, from: number): number {
    const end = piece.indexOf('\n', from);
    const to = end < 0 ? piece.length : end + 1;
    if (this.#line.length + to - from > LONGEST_LINE) throw malformed();
    this.#line = Buffer.concat([this.#line, piece.subarray(from, to)]);
    if (end >= 0) {
      const line = this.#line.toString('latin1');
      this.#line = Buffer.alloc(0);
      if (!line.endsWith('\r\n')) throw malformed();
      this.#take(line.slice(0, -2));
    }
    return to;
  }

  #take(line: string): void {
    switch (this.#expecting) {
      case 'size':
        this.#takeSize(line);
        return;
      case 'content end':
        if (line !== '') throw malformed();
        this.#expecting = 'size';
        return;
      case 'trailer':
        this.#takeTrailer(line);
        return;
      default:
        // Some clients end the last chunk twice.
        if (line !== '') throw malformed();
    }
  }

  #takeSize(line: string): void {
    const digits = /^([0-9a-fA-F]{1,12})(?:;|$)/.exec(line)?.[1];
    if (digits === undefined) throw malformed();
    const size = Number.parseInt(digits, 16);
    if (size > 0 && this.#size < SHORTEST_CHUNK) {
      throw new S3Error(
        403,
        'InvalidChunkSizeError',
        'Only the last chunk is allowed to have a size less than 8192 bytes',
        { BadChunkSize: this.#size },
      );
    }
    this.#size = size;
    this.#left = size;
    this.#expecting = size === 0 ? 'trailer' : 'content';
  }

  #takeTrailer(line: string): void {
    if (line === '') {
      this.#expecting = 'nothing';
      return;
    }
    const colon = line.indexOf(':');
    if (colon <= 0 || this.trailers.size >= 16) throw malformed();
    this.trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

function malformed(): S3Error {
  return invalidRequest('The body is not in the aws-chunked encoding that its headers promise');
}
