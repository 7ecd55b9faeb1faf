import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PROJECT_ROOT } from '../../../project.ts';
import { invalidParameter, LambdaError } from '../errors.ts';
import { readZip, type ZipEntry, ZipError } from './zip-archive.ts';

/**
 * Limits of deployment packages, bytes.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const CODE_LIMITS = {
  /** Sent with the request. */
  zipped: 52_428_800,
  /** With everything unpacked. */
  unzipped: 262_144_000,
} as const;

/** A deployment package that was unpacked. */
export interface StoredCode {
  /** SHA-256 of the archive, base64. */
  readonly sha256: string;
  /** Bytes of the archive. */
  readonly size: number;
}

/**
 * Functions' code: each archive once, by its SHA-256, as a file and unpacked. A folder appears whole or not at all.
 * Above the functions' folders lies the SDK that Lambda's runtime brings, where Node finds it after a function's own.
 */
export interface CodeStore {
  /**
   * Checks and unpacks an archive, then calls `use`, which makes a function refer to it: until that is done, the code
   * stays although nobody refers to it.
   *
   * @throws LambdaError InvalidParameterValueException
   */
  add<T>(archive: Buffer, use: (code: StoredCode) => T): Promise<T>;
  /** Folder of unpacked code, absolute and without symbolic links. */
  folderOf(sha256: string): string;
  /** The archive itself, by its SHA-256 in hexadecimal; undefined if there is none. */
  archive(hexadecimal: string): Buffer | undefined;
  /** Removes all code but this, and what is being added. */
  keepOnly(sha256s: Iterable<string>): void;
}

const UNFINISHED = '.new-';
const CODE = /^([0-9a-f]{64})(?:\.zip)?$/;

/** @param root folder, created if missing; what a killed process left half done there is removed */
export function openCodeStore(root: string): CodeStore {
  mkdirSync(root, { recursive: true });
  const folder = realpathSync(root);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(UNFINISHED)) rmSync(join(folder, name), { recursive: true, force: true });
  }
  // Else the package.json of a project that the state folder lies in would say whether .js files are ES modules.
  writeFileSync(join(folder, 'package.json'), '{}\n');
  linkSdk(join(folder, 'node_modules'));
  /** How often each is being added. */
  const arriving = new Map<string, number>();

  async function unpack(archive: Buffer, hexadecimal: string): Promise<void> {
    const entries = entriesOf(archive);
    const fresh = join(folder, `${UNFINISHED}${randomUUID()}`);
    try {
      await writeFile(`${fresh}.zip`, archive, { flush: true });
      await mkdir(fresh);
      for (const entry of entries) await write(fresh, entry);
      await rename(`${fresh}.zip`, join(folder, `${hexadecimal}.zip`));
      await rename(fresh, join(folder, hexadecimal));
    } catch (error) {
      await rm(`${fresh}.zip`, { force: true });
      await rm(fresh, { recursive: true, force: true });
      // Somebody else was first with the same archive.
      if (!existsSync(join(folder, hexadecimal))) throw asRefusal(error);
    }
  }

  return {
    async add(archive, use) {
      if (archive.length === 0) throw invalidParameter('Uploaded file must be a non-empty zip');
      const hash = createHash('sha256').update(archive).digest();
      const hexadecimal = hash.toString('hex');
      arriving.set(hexadecimal, (arriving.get(hexadecimal) ?? 0) + 1);
      try {
        if (!existsSync(join(folder, hexadecimal))) await unpack(archive, hexadecimal);
        return use({ sha256: hash.toString('base64'), size: archive.length });
      } finally {
        const left = (arriving.get(hexadecimal) ?? 1) - 1;
        if (left === 0) arriving.delete(hexadecimal);
        else arriving.set(hexadecimal, left);
      }
    },
    folderOf: (sha256) => join(folder, hexadecimalOf(sha256)),
    archive(hexadecimal) {
      const file = join(folder, `${hexadecimal}.zip`);
      return CODE.test(hexadecimal) && existsSync(file) ? readFileSync(file) : undefined;
    },
    keepOnly(sha256s) {
      const kept = new Set([...sha256s].map(hexadecimalOf));
      for (const name of readdirSync(folder)) {
        const hexadecimal = CODE.exec(name)?.[1];
        if (hexadecimal === undefined || kept.has(hexadecimal) || arriving.has(hexadecimal)) continue;
        rmSync(join(folder, name), { recursive: true, force: true });
      }
    },
  };
}

function hexadecimalOf(sha256: string): string {
  return Buffer.from(sha256, 'base64').toString('hex');
}

function entriesOf(archive: Buffer): ZipEntry[] {
  let entries: ZipEntry[];
  try {
    entries = readZip(archive);
  } catch (error) {
    throw asRefusal(error);
  }
  if (entries.length === 0) throw invalidParameter('Uploaded file must be a non-empty zip');
  const unzipped = entries.reduce((sum, { size }) => sum + size, 0);
  if (unzipped > CODE_LIMITS.unzipped) {
    throw invalidParameter(`Unzipped size must be smaller than ${CODE_LIMITS.unzipped} bytes`);
  }
  return entries;
}

async function write(root: string, entry: ZipEntry): Promise<void> {
  const file = join(root, ...entry.path.split('/'));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await entry.read(), { mode: entry.executable ? 0o755 : 0o644 });
}

/** Names that are too long, or one that is a file and a folder at once, are the archive's fault; a full disk is not. */
const FAULTS_OF_AN_ARCHIVE: ReadonlySet<unknown> = new Set([
  'ENAMETOOLONG',
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  'EINVAL',
]);

function asRefusal(error: unknown): unknown {
  if (error instanceof LambdaError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  const reason =
    error instanceof ZipError ? error.message : FAULTS_OF_AN_ARCHIVE.has(code) ? `${code}` : undefined;
  if (reason === undefined) return error;
  return invalidParameter(
    `Could not unzip uploaded file. Please check your file, then try to upload again. (${reason})`,
  );
}

/** Packages of this project that are part of Lambda's Node.js runtime too. */
const OF_THE_RUNTIME = ['@aws-sdk', '@smithy'] as const;

function linkSdk(modules: string): void {
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(modules);
  for (const scope of OF_THE_RUNTIME) {
    const found = findScope(PROJECT_ROOT, scope);
    if (found !== undefined) symlinkSync(found, join(modules, scope), 'junction');
  }
}

/** Where Node would look from this project. */
function findScope(from: string, scope: string): string | undefined {
  const candidate = join(from, 'node_modules', scope);
  if (existsSync(candidate)) return realpathSync(candidate);
  return dirname(from) === from ? undefined : findScope(dirname(from), scope);
}
