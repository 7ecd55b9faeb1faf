import { crc32, inflateRaw } from 'node:zlib';

/** One file of an archive. */
export interface ZipEntry {
  /** Path inside the archive, `/` between its parts, none of them empty, `.` or `..`. */
  readonly path: string;
  /** Bytes of its content, as the archive says. */
  readonly size: number;
  /** Whether its owner may execute it. */
  readonly executable: boolean;
  /** Its content, checked. @throws ZipError */
  read(): Promise<Buffer>;
}

/** What an archive is that cannot be used, as the end of a sentence: `its entry ../x leaves the folder`. */
export class ZipError extends Error {}

/** Files that an archive may hold: what fits without the ZIP64 format. */
const MOST_ENTRIES = 65_535;

const END_OF_DIRECTORY = { signature: 0x06054b50, length: 22, longestComment: 0xffff } as const;
const DIRECTORY_ENTRY = { signature: 0x02014b50, length: 46 } as const;
const LOCAL_HEADER = { signature: 0x04034b50, length: 30 } as const;
/** In a 32-bit field: the value is elsewhere, in the ZIP64 format. */
const ELSEWHERE = 0xffffffff;
const ENCRYPTED = 0x1;
const METHODS = { stored: 0, deflated: 8 } as const;
/** What the upper half of the external attributes says of a file made on Unix. */
const UNIX = {
  host: 3,
  typeMask: 0o170000,
  symbolicLink: 0o120000,
  regular: 0o100000,
  folder: 0o040000,
} as const;

/**
 * Lists the files of a ZIP archive, by its central directory; folders of their own are left out. What would be written
 * outside the folder that it is unpacked into, links, and what an entry says wrongly of itself are refused.
 * Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 *
 * @throws ZipError
 */
export function readZip(archive: Buffer): ZipEntry[] {
  try {
    return readDirectory(archive);
  } catch (error) {
    // A field that would lie beyond the archive's end.
    if (error instanceof RangeError) throw new ZipError('it ends too early');
    throw error;
  }
}

function readDirectory(archive: Buffer): ZipEntry[] {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  if (count === MOST_ENTRIES || at === ELSEWHERE) {
    throw new ZipError(`it must hold fewer than ${MOST_ENTRIES} entries, and not need the ZIP64 format`);
  }
  const entries: ZipEntry[] = [];
  for (let n = 0; n < count; n++) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY.signature)
      throw new ZipError('its directory is damaged');
    const nameLength = archive.readUInt16LE(at + 28);
    const next =
      at +
      DIRECTORY_ENTRY.length +
      nameLength +
      archive.readUInt16LE(at + 30) +
      archive.readUInt16LE(at + 32);
    if (next > archive.length) throw new ZipError('it ends too early');
    const entry = readEntry(archive, at, nameLength);
    if (entry !== undefined) entries.push(entry);
    at = next;
  }
  return entries;
}

function findEnd(archive: Buffer): number {
  const { signature, length, longestComment } = END_OF_DIRECTORY;
  const lowest = Math.max(0, archive.length - length - longestComment);
  for (let at = archive.length - length; at >= lowest; at--) {
    if (archive.readUInt32LE(at) === signature) return at;
  }
  throw new ZipError('it has no directory');
}

function readEntry(archive: Buffer, at: number, nameLength: number): ZipEntry | undefined {
  const flags = archive.readUInt16LE(at + 8);
  const method = archive.readUInt16LE(at + 10);
  const checksum = archive.readUInt32LE(at + 16);
  const packed = archive.readUInt32LE(at + 20);
  const size = archive.readUInt32LE(at + 24);
  const mode = archive.readUInt8(at + 5) === UNIX.host ? archive.readUInt32LE(at + 38) >>> 16 : 0;
  const header = archive.readUInt32LE(at + 42);
  const name = archive.toString(
    'utf8',
    at + DIRECTORY_ENTRY.length,
    at + DIRECTORY_ENTRY.length + nameLength,
  );

  const type = mode & UNIX.typeMask;
  const path = safePath(name);
  if (type === UNIX.symbolicLink) throw new ZipError(`its entry ${name} is a symbolic link`);
  if (type !== 0 && type !== UNIX.regular && type !== UNIX.folder) {
    throw new ZipError(`its entry ${name} is neither a file nor a folder`);
  }
  if (path === undefined) return undefined;
  if ((flags & ENCRYPTED) !== 0) throw new ZipError(`its entry ${name} is encrypted`);
  if (method !== METHODS.stored && method !== METHODS.deflated) {
    throw new ZipError(`its entry ${name} must be stored or deflated (given method ${method})`);
  }
  if ([packed, size, header].includes(ELSEWHERE))
    throw new ZipError(`its entry ${name} needs the ZIP64 format`);
  return {
    path,
    size,
    executable: (mode & 0o100) !== 0,
    async read() {
      const content = await unpack(contentOf(archive, header, packed, name), method, size, name);
      if (content.length !== size || crc32(content) !== checksum)
        throw new ZipError(`its entry ${name} is damaged`);
      return content;
    },
  };
}

/** A path that stays in its folder; undefined for a folder's own entry. */
function safePath(name: string): string | undefined {
  // Some archivers of Windows write their own separator.
  const parts = name.replaceAll('\\', '/').split('/');
  if (parts.at(-1) === '')
    return parts.length === 1 ? refusePath(name) : safeParts(name, parts.slice(0, -1), true);
  return safeParts(name, parts, false);
}

function safeParts(name: string, parts: readonly string[], folder: boolean): string | undefined {
  const kept = parts.filter((part) => part !== '.');
  const unsafe = kept.length === 0 && !folder;
  if (
    unsafe ||
    name.includes('\0') ||
    kept.some((part) => part === '' || part === '..') ||
    /^[a-z]:/i.test(name)
  ) {
    return refusePath(name);
  }
  return folder ? undefined : kept.join('/');
}

function refusePath(name: string): never {
  throw new ZipError(`its entry ${JSON.stringify(name)} does not stay in the folder`);
}

function contentOf(archive: Buffer, header: number, packed: number, name: string): Buffer {
  const damaged = new ZipError(`its entry ${name} is damaged`);
  if (header + LOCAL_HEADER.length > archive.length) throw damaged;
  if (archive.readUInt32LE(header) !== LOCAL_HEADER.signature) throw damaged;
  const start =
    header + LOCAL_HEADER.length + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  if (start + packed > archive.length) throw damaged;
  return archive.subarray(start, start + packed);
}

/** Never more than the size that the directory names, however much the entry holds. */
async function unpack(packed: Buffer, method: number, size: number, name: string): Promise<Buffer> {
  if (method === METHODS.stored) return packed;
  return new Promise((resolve, reject) => {
    inflateRaw(packed, { maxOutputLength: Math.max(1, size) }, (error, content) => {
      if (error === null) resolve(content);
      else reject(new ZipError(`its entry ${name} is damaged`));
    });
  });
}
