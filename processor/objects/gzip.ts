import { once } from 'node:events';
import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';

/** A gzip file that cannot be read to its end; what came before was right as far as anybody can tell. */
export class DamagedGzip extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DamagedGzip';
  }
}

/** First bytes of every gzip file. Source: https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1 */
const MAGIC = Buffer.from([0x1f, 0x8b]);

/** The one method of compression that there is. */
const DEFLATE = 8;

/** Bits that tell what the header holds beside its ten bytes. */
const FLAG = { headerSum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/** Longest name or comment, bytes. The format has no limit; nothing that is not damaged comes near. */
const LONGEST_TEXT = 64 * 1024;

/** Whether a file that begins so is a gzip file. No JSON text begins with these bytes. */
export function isGzip(beginning: Uint8Array): boolean {
  return MAGIC.equals(beginning.subarray(0, MAGIC.length));
}

/**
 * What a gzip file holds, piece by piece, in constant memory. Several members are read as one file, zeros after the last
 * one are padding, and each member's checksum and length are compared.
 *
 * The container is read here and not by zlib's Gunzip, since that throws away what it has unpacked of the piece in which
 * it finds the damage: of a small file everything.
 * Source: https://www.rfc-editor.org/rfc/rfc1952
 *
 * @throws DamagedGzip after the pieces that could be read; and whatever the source throws
 */
export async function* gunzip(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const input = new Input(source);
  try {
    do {
      await readHeader(input);
      let sum = 0;
      let length = 0;
      for await (const piece of inflated(input)) {
        sum = crc32(piece, sum);
        length += piece.length;
        yield piece;
      }
      const trailer = await input.take(8);
      if (trailer.readUInt32LE(0) !== sum)
        throw new DamagedGzip('the checksum does not match what was unpacked');
      if (trailer.readUInt32LE(4) !== length % 2 ** 32) {
        throw new DamagedGzip(
          `the length does not match what was unpacked (given ${trailer.readUInt32LE(4)})`,
        );
      }
      await input.skipZeros();
    } while (!(await input.isAtEnd()));
  } finally {
    await input.close();
  }
}

async function readHeader(input: Input): Promise<void> {
  const header = await input.take(10);
  if (!isGzip(header)) throw new DamagedGzip('what follows a member is not gzip');
  const flags = header[3]!;
  if (header[2] !== DEFLATE || (flags & FLAG.reserved) !== 0)
    throw new DamagedGzip('the header is not readable');
  if (flags & FLAG.extra) await input.take((await input.take(2)).readUInt16LE());
  for (const flag of [FLAG.name, FLAG.comment]) {
    if (!(flags & flag)) continue;
    let length = 0;
    while ((await input.take(1))[0] !== 0) {
      if (++length > LONGEST_TEXT) throw new DamagedGzip('the header is not readable');
    }
  }
  if (flags & FLAG.headerSum) await input.take(2);
}

/** Unpacks what stands between a member's header and its trailer, and leaves the trailer where it is. */
async function* inflated(input: Input): AsyncGenerator<Buffer, void, undefined> {
  const inflate = createInflateRaw();
  const fed = feed(input, inflate).catch((error: Error) => void inflate.destroy(error));
  try {
    for await (const piece of inflate) yield piece as Buffer;
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (typeof code === 'string' && code.startsWith('Z_')) {
      throw new DamagedGzip(code === 'Z_BUF_ERROR' ? ENDS_EARLY : 'the compressed content is damaged');
    }
    throw error;
  } finally {
    inflate.destroy();
    await fed;
  }
}

const ENDS_EARLY = 'the file ends too early';

/** One piece at a time, so that what follows the compressed content is all within the last one. */
async function feed(input: Input, inflate: InflateRaw): Promise<void> {
  const closed = once(inflate, 'close').catch(() => {});
  while (!inflate.destroyed) {
    const piece = await input.next();
    if (piece === undefined) {
      inflate.end();
      return;
    }
    const before = inflate.bytesWritten;
    await Promise.race([new Promise<void>((resolve) => inflate.write(piece, () => resolve())), closed]);
    const taken = inflate.bytesWritten - before;
    if (taken < piece.length) {
      input.giveBack(piece.subarray(taken));
      return;
    }
  }
}

/** A source of which a little more can be taken, or given back, than came in one piece. */
class Input {
  readonly #pieces: AsyncIterator<Buffer>;
  #back: Buffer | undefined;

  constructor(source: AsyncIterable<Buffer>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** The next piece, not empty; undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    const back = this.#back;
    this.#back = undefined;
    if (back !== undefined && back.length > 0) return back;
    for (;;) {
      const { value, done } = await this.#pieces.next();
      if (done) return undefined;
      if (value.length > 0) return value;
    }
  }

  giveBack(piece: Buffer): void {
    this.#back = piece;
  }

  /** @throws DamagedGzip when there are fewer */
  async take(count: number): Promise<Buffer> {
    let taken = Buffer.alloc(0);
    while (taken.length < count) {
      const piece = await this.next();
      if (piece === undefined) throw new DamagedGzip(ENDS_EARLY);
      const more = piece.subarray(0, count - taken.length);
      taken = taken.length === 0 ? Buffer.from(more) : Buffer.concat([taken, more]);
      this.giveBack(piece.subarray(more.length));
    }
    return taken;
  }

  async skipZeros(): Promise<void> {
    for (;;) {
      const piece = await this.next();
      if (piece === undefined) return;
      const at = piece.findIndex((byte) => byte !== 0);
      if (at === -1) continue;
      this.giveBack(piece.subarray(at));
      return;
    }
  }

  async isAtEnd(): Promise<boolean> {
    const piece = await this.next();
    if (piece === undefined) return true;
    this.giveBack(piece);
    return false;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
