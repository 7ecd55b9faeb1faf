import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { ATTEMPT_LIMIT, describeError, type Effort, insist, isTransient, MOST_ATTEMPTS } from '../resend.ts';

/** What is used of an S3 client. */
export interface GetsObjects {
  send(command: GetObjectCommand, options: { abortSignal: AbortSignal }): Promise<GetObjectCommandOutput>;
}

/** An object as an event names it. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  /** Of the content that the event tells of, without quotes; undefined if the event does not say. */
  readonly etag: string | undefined;
}

/** An object whose first answer is there. */
export interface OpenObject {
  /** Of the content that is read, without quotes. */
  readonly etag: string;
  /** As S3 tells it; empty if it does not. */
  readonly contentEncoding: string;
  /** Length of the whole. */
  readonly bytes: number;
  /** The whole, piece by piece, each of them once. Throws what a reader cannot mend, and ObjectGone. */
  readonly pieces: AsyncGenerator<Buffer, void, undefined>;
}

/** Why there is nothing to load any more: `deleted`, or `replaced` by content that has an event of its own. */
export class ObjectGone extends Error {
  readonly how: 'deleted' | 'replaced';

  constructor(how: 'deleted' | 'replaced', cause: unknown) {
    super(how === 'deleted' ? 'the object is gone' : 'the object was replaced by another', { cause });
    this.name = 'ObjectGone';
    this.how = how;
  }
}

/** Pause between two attempts at the rest of a body, ms: a random time up to this. */
const LONGEST_PAUSE = 2_000;

/**
 * Opens the object that is there now, if its content is the one that the event tells of.
 *
 * Deliberately the newest version, also where versions are kept: events may come late and out of order, and the lines
 * of an older version must not be written over those of a newer one. From the first answer on it is that version that
 * is read, by its ETag and its version id.
 *
 * A body that breaks off, or is silent for 5 s while somebody waits for it, is taken up again where it stopped, as
 * often as it takes while it makes progress, and 8 times in a row without. The length is compared in any case.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 *
 * @throws ObjectGone when it is deleted or replaced; what S3 or the network threw when attempts did not cure it
 */
export async function openObject(
  client: GetsObjects,
  { bucket, key, etag }: ObjectName,
  effort: Effort,
): Promise<OpenObject> {
  const named = { Bucket: bucket, Key: key };
  const first = await ask(
    client,
    { ...named, ...(etag === undefined ? {} : { IfMatch: `"${etag}"` }) },
    effort,
  );
  const { ETag = '', VersionId, ContentLength: bytes, ContentEncoding = '' } = first;
  if (bytes === undefined) throw new Error('S3 did not tell the length of the object');
  const pinned = {
    ...named,
    ...(ETag === '' ? {} : { IfMatch: ETag }),
    ...(VersionId === undefined ? {} : { VersionId }),
  };
  const askFrom = async (from: number) => {
    const answer = await ask(client, { ...pinned, Range: `bytes=${from}-` }, effort);
    if (answer.ContentRange?.startsWith(`bytes ${from}-`)) return answer;
    throw new Error(`S3 was asked for the bytes from ${from} on and answered with ${answer.ContentRange}`);
  };
  return {
    etag: ETag.replaceAll('"', ''),
    contentEncoding: ContentEncoding,
    bytes,
    pieces: piecesOf(first, bytes, askFrom, effort),
  };
}

async function* piecesOf(
  first: GetObjectCommandOutput,
  bytes: number,
  askFrom: (from: number) => Promise<GetObjectCommandOutput>,
  effort: Effort,
): AsyncGenerator<Buffer, void, undefined> {
  let answer = first;
  let read = 0;
  for (let fruitless = 0; ; ) {
    let trouble: unknown;
    const body = bodyOf(answer);
    try {
      for await (const piece of inTime(body, effort)) {
        read += piece.length;
        fruitless = 0;
        yield piece;
      }
      if (read === bytes) return;
      trouble = new Error('the body ended');
    } catch (error) {
      // With all of it there, what is wrong is what was read, such as a checksum.
      if (!isTransient(error) || read >= bytes) throw error;
      trouble = error;
    } finally {
      body.destroy();
    }
    if (read > bytes || ++fruitless === MOST_ATTEMPTS || effort.remaining() <= 0) {
      throw new Error(`read ${read} of ${bytes} bytes: ${describeError(trouble)}`, { cause: trouble });
    }
    await effort.sleep(Math.min(effort.random() * LONGEST_PAUSE, effort.remaining()));
    answer = await askFrom(read);
  }
}

/** One request under the rules of `insist`, and its answer's head. */
async function ask(
  client: GetsObjects,
  input: ConstructorParameters<typeof GetObjectCommand>[0],
  effort: Effort,
): Promise<GetObjectCommandOutput> {
  try {
    return await insist(effort, async (signal) => {
      // Not the signal itself: it would break the body off when the attempt's time is over.
      const untilAnswered = new AbortController();
      const abort = () => untilAnswered.abort();
      signal.addEventListener('abort', abort);
      try {
        return await client.send(new GetObjectCommand(input), { abortSignal: untilAnswered.signal });
      } finally {
        signal.removeEventListener('abort', abort);
      }
    });
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    // 405 is what S3 answers when the version is a marker of a deletion.
    if (['NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed'].includes(name)) {
      throw new ObjectGone('deleted', error);
    }
    if (name === 'PreconditionFailed') throw new ObjectGone('replaced', error);
    throw error;
  }
}

/** A body as Node has it. */
interface Body extends AsyncIterable<Uint8Array> {
  destroy(): void;
}

/** In Node the SDK's stream is a Readable; its type tells of browsers, too. */
function bodyOf({ Body }: GetObjectCommandOutput): Body {
  if (Body === undefined) throw new Error('S3 answered without a body');
  return Body as unknown as Body;
}

/** The pieces of a body, each within the time of an attempt. Only while somebody waits for one does time pass. */
async function* inTime(body: Body, effort: Effort): AsyncGenerator<Buffer, void, undefined> {
  const pieces = body[Symbol.asyncIterator]();
  for (;;) {
    const limit = Math.min(ATTEMPT_LIMIT, effort.remaining());
    if (limit <= 0) throw new Error('there was no time left before the deadline');
    const signal = effort.abortAfter(limit);
    const next = pieces.next();
    const { value, done } = await Promise.race([next, silence(signal, limit, next)]);
    if (done) return;
    yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}

/** Rejects when the signal aborts before the piece is there. */
function silence(signal: AbortSignal, limit: number, piece: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(new Error(`the body was silent for ${Math.ceil(limit)} ms`));
    const forget = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    piece.then(forget, forget);
  });
}
