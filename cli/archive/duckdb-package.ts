import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WildRydesError } from '../../telemetry/errors.ts';

/** DuckDB as a package: its Node client, with the engine of this platform. */
export type DuckDb = typeof import('@duckdb/node-api');

/** What is installed where it is missing: the version that the tests run with. */
export const DUCKDB = { name: '@duckdb/node-api', version: '1.5.6-r.1' } as const;

/**
 * DuckDB: the project's own where development dependencies are installed, else one in the state folder, which is
 * installed there on first use. With 70 MB it is too large to come with everybody's first start.
 *
 * @param state the state folder
 * @param say tells of the installation
 * @throws WildRydesError STATE_UNUSABLE when it cannot be installed
 */
export async function loadDuckDb(state: string, say: (line: string) => void): Promise<DuckDb> {
  try {
    return await import('@duckdb/node-api');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  }
  const folder = join(state, 'packages', 'duckdb');
  return (await installedPackage(folder, DUCKDB.name, DUCKDB.version, say)) as DuckDb;
}

/**
 * Imports a package from a folder of its own, and installs it there when it is missing.
 *
 * @param version as npm takes it after `NAME@`: a version, or `file:` and a folder
 */
export async function installedPackage(
  folder: string,
  name: string,
  version: string,
  say: (line: string) => void,
): Promise<unknown> {
  const versioned = join(folder, version.replaceAll(/[^\w.-]/g, '_'));
  const found = entryOf(versioned, name);
  if (found !== undefined) return import(found);
  say(`first use: installing ${name} ${version} (about 70 MB) into ${versioned}`);
  await install(versioned, `${name}@${version}`);
  const entry = entryOf(versioned, name);
  if (entry === undefined) throw notInstalled(name, 'it is not where npm should have put it');
  return import(entry);
}

function entryOf(folder: string, name: string): string | undefined {
  try {
    return pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href;
  } catch {
    return undefined;
  }
}

/** Beside and moved in place, so that a half installation never counts, and of two at once the first stays. */
async function install(folder: string, specification: string): Promise<void> {
  let fresh: string | undefined;
  try {
    await mkdir(dirname(folder), { recursive: true });
    fresh = await mkdtemp(`${folder}.`);
    await writeFile(join(fresh, 'package.json'), '{"private":true}\n');
    await npmInstall(fresh, specification);
    // What is there is the same, or what an earlier installation left unusable.
    await rename(fresh, folder).catch(async () => {
      await rm(folder, { recursive: true, force: true });
      await rename(fresh!, folder);
    });
  } catch (error) {
    throw notInstalled(specification, (error as Error).message);
  } finally {
    if (fresh !== undefined) await rm(fresh, { recursive: true, force: true });
  }
}

function npmInstall(folder: string, specification: string): Promise<void> {
  const flags = ['--prefix', folder, '--no-fund', '--no-audit', '--loglevel=error', '--install-links'];
  return new Promise((resolve, reject) => {
    const npm = spawn('npm', ['install', ...flags, specification], {
      cwd: folder,
      // npm is a batch file there, which only a shell runs.
      shell: process.platform === 'win32',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaints = '';
    npm.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    npm.once('error', reject);
    npm.once('close', (status) => {
      if (status === 0) resolve();
      else reject(new Error(complaints.trim() || `npm ended with ${status}`));
    });
  });
}

function notInstalled(what: string, reason: string): WildRydesError {
  return new WildRydesError('STATE_UNUSABLE', `cannot install ${what}: ${reason}`, {
    next: 'Check the network (or the proxy that npm is set up with) and the free space, then run this again.',
  });
}
