/**
 * CBOR as clients of Kinesis speak it, from and to the values that JSON has. Bytes are base64 there, and times are seconds;
 * here they are bytes, and whole milliseconds under tag 1, though that tag is meant for seconds.
 * Source: https://www.rfc-editor.org/rfc/rfc8949 and https://github.com/aws/aws-sdk-java-v2/issues/4661
 */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** What a value is, in the first three bits of it. */
const MAJOR = { uint: 0, negative: 1, bytes: 2, text: 3, list: 4, map: 5, tag: 6, simple: 7 } as const;
const INDEFINITE = 31;
const BREAK = 0xff;
const TIME_TAG = 1;
const SIMPLE: ReadonlyMap<number, boolean | null> = new Map([
  [20, false],
  [21, true],
  [22, null],
  [23, null],
]);
const FLOAT64 = 27;

/** No request of the API comes near it. */
const DEEPEST = 32;

/**
 * Reads one value.
 *
 * @throws RangeError for bytes that are none, or that end too soon or too late; for tags but the one for times; for
 * names of members that are no text
 */
export function decodeCbor(bytes: Buffer): JsonValue {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  reader.insistOnEnd();
  return value;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  insistOnEnd(): void {
    if (this.#at !== this.#bytes.length) throw new RangeError('there is more than one value');
  }

  value(depth: number): JsonValue {
    if (depth > DEEPEST) throw new RangeError('it is nested too deeply');
    const { major, info } = this.#head();
    switch (major) {
      case MAJOR.uint:
        return this.#number(info);
      case MAJOR.negative:
        return -1 - this.#number(info);
      case MAJOR.bytes:
        return this.#string(major, info).toString('base64');
      case MAJOR.text:
        return this.#string(major, info).toString('utf8');
      case MAJOR.list:
        return this.#many(info, () => this.value(depth + 1));
      case MAJOR.map:
        return Object.fromEntries(this.#many(info, () => [this.#name(), this.value(depth + 1)] as const));
      case MAJOR.tag:
        return this.#time(info);
      default:
        return this.#simple(info);
    }
  }

  #head(): { readonly major: number; readonly info: number } {
    const head = this.#bytes.readUInt8(this.#at++);
    return { major: head >> 5, info: head & 31 };
  }

  /** A number of up to 8 bytes, above 2^53 the nearest that JavaScript has. */
  #number(info: number): number {
    if (info < 24) return info;
    const size = 1 << (info - 24);
    if (size > 8) throw new RangeError('a number is not well-formed');
    const at = this.#take(size);
    return size === 8 ? Number(this.#bytes.readBigUInt64BE(at)) : this.#bytes.readUIntBE(at, size);
  }

  /** Passes over so many bytes; where they began. */
  #take(size: number): number {
    const at = this.#at;
    if (size > this.#bytes.length - at) throw new RangeError('it ends too soon');
    this.#at += size;
    return at;
  }

  #string(major: number, info: number): Buffer {
    if (info !== INDEFINITE) {
      const length = this.#number(info);
      const at = this.#take(length);
      return this.#bytes.subarray(at, at + length);
    }
    const chunks = this.#many(info, () => {
      const chunk = this.#head();
      if (chunk.major !== major || chunk.info === INDEFINITE)
        throw new RangeError('a string is not well-formed');
      return this.#string(major, chunk.info);
    });
    return Buffer.concat(chunks);
  }

  #name(): string {
    const { major, info } = this.#head();
    if (major !== MAJOR.text) throw new RangeError('the name of a member must be text');
    return this.#string(major, info).toString('utf8');
  }

  #many<T>(info: number, one: () => T): T[] {
    const read: T[] = [];
    if (info === INDEFINITE) {
      while (this.#bytes.readUInt8(this.#at) !== BREAK) read.push(one());
      this.#at += 1;
      return read;
    }
    for (let left = this.#number(info); left > 0; left--) read.push(one());
    return read;
  }

  #time(info: number): number {
    if (this.#number(info) !== TIME_TAG) throw new RangeError('only times may have a tag');
    const { major, info: kind } = this.#head();
    if (major === MAJOR.uint) return this.#number(kind) / 1000;
    if (major === MAJOR.negative) return (-1 - this.#number(kind)) / 1000;
    const time = this.#simple(kind);
    if (major !== MAJOR.simple || typeof time !== 'number') throw new RangeError('a time must be a number');
    return time / 1000;
  }

  #simple(info: number): boolean | number | null {
    if (info === FLOAT64) return this.#bytes.readDoubleBE(this.#take(8));
    if (info === FLOAT64 - 1) return this.#bytes.readFloatBE(this.#take(4));
    const value = SIMPLE.get(info);
    if (value === undefined) throw new RangeError('a simple value is unknown');
    return value;
  }
}

/** What a member's name says of its value. */
export interface Meaning {
  isBytes(name: string): boolean;
  isTime(name: string): boolean;
}

/** Writes one value; members of a name that means bytes or a time are written as such. */
export function encodeCbor(value: JsonValue, meaning: Meaning): Buffer {
  const writer = new Writer(meaning);
  writer.value(value);
  return writer.written();
}

class Writer {
  readonly #meaning: Meaning;
  #bytes = Buffer.allocUnsafe(1024);
  #at = 0;

  constructor(meaning: Meaning) {
    this.#meaning = meaning;
  }

  written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  value(value: JsonValue): void {
    if (typeof value === 'string') this.#string(MAJOR.text, value, 'utf8');
    else if (typeof value === 'number') this.#number(value);
    else if (value === null) this.#head(MAJOR.simple, 22);
    else if (typeof value === 'boolean') this.#head(MAJOR.simple, value ? 21 : 20);
    else if (isList(value)) {
      this.#head(MAJOR.list, value.length);
      for (const element of value) this.value(element);
    } else this.#map(Object.entries(value));
  }

  #map(members: readonly (readonly [string, JsonValue])[]): void {
    this.#head(MAJOR.map, members.length);
    for (const [name, value] of members) {
      this.#string(MAJOR.text, name, 'utf8');
      if (typeof value === 'string' && this.#meaning.isBytes(name))
        this.#string(MAJOR.bytes, value, 'base64');
      else if (typeof value === 'number' && this.#meaning.isTime(name)) this.#time(value);
      else this.value(value);
    }
  }

  #time(seconds: number): void {
    this.#head(MAJOR.tag, TIME_TAG);
    this.#number(Math.round(seconds * 1000));
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value)) {
      if (value < 0) this.#head(MAJOR.negative, -1 - value);
      else this.#head(MAJOR.uint, value);
      return;
    }
    this.#makeRoom(9);
    this.#bytes[this.#at] = (MAJOR.simple << 5) | FLOAT64;
    this.#bytes.writeDoubleBE(value, this.#at + 1);
    this.#at += 9;
  }

  #string(major: number, text: string, encoding: 'utf8' | 'base64'): void {
    const length = Buffer.byteLength(text, encoding);
    this.#head(major, length);
    this.#makeRoom(length);
    this.#at += this.#bytes.write(text, this.#at, encoding);
  }

  /** A kind of value with its number, length or count, in as few bytes as it takes. */
  #head(major: number, number: number): void {
    this.#makeRoom(9);
    const size =
      number < 24 ? 0 : number < 0x100 ? 1 : number < 0x1_0000 ? 2 : number < 0x1_0000_0000 ? 4 : 8;
    this.#bytes[this.#at] = (major << 5) | (size === 0 ? number : 24 + Math.log2(size));
    if (size === 8) this.#bytes.writeBigUInt64BE(BigInt(number), this.#at + 1);
    else if (size > 0) this.#bytes.writeUIntBE(number, this.#at + 1, size);
    this.#at += 1 + size;
  }

  #makeRoom(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
