import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { WildRydesError } from '../../telemetry/errors.ts';
import { findJava } from '../java/java.ts';
import { createReaper } from '../local/lambda/sandbox/reaper.ts';
import { folderOrTemporary } from '../local/temporary-folder.ts';
import { defaultStateFolder } from '../project.ts';
import { type SearchFolders, writeConfiguration } from './configuration.ts';
import { installedClassPath } from './install.ts';
import { JAVA, MODULES, OPENSEARCH } from './packages.ts';
import { freeSearchPort, insistOnSearchPort, isTaken, portTaken } from './ports.ts';

export interface SearchServerOptions {
  /** Where its indexes, configuration and log are kept; null: in a temporary folder that goes with it. */
  readonly folder: string | null;
  /** 9200 to 9299; default: the first that is free. */
  readonly port?: number | undefined;
  /** MB of heap at most, beside which it takes some 150 MB; default 512. */
  readonly heap?: number;
  /** Where it is kept in mind where the packages lie; default: `search` in the state folder. */
  readonly packages?: string;
  /** Told what takes its time, a line at a time; default: nobody. */
  readonly progress?: (line: string) => void;
  /** Gives up the start. */
  readonly signal?: AbortSignal | undefined;
  readonly patience?: Patience;
}

/** Milliseconds. */
export interface Patience {
  /** For its first answer; default two minutes. */
  readonly start?: number;
  /** For it to end by itself before it is killed; default 10 s. */
  readonly end?: number;
}

/** An OpenSearch that runs, with nothing in it but what its folder held. */
export interface SearchServer {
  /** `http://127.0.0.1:9200` */
  readonly endpoint: string;
  readonly pid: number;
  /** Ends it in good order, or by force after a time. All that it acknowledged is kept, unless its folder is temporary. */
  close(): Promise<void>;
}

const PATIENCE = { start: 120_000, end: 10_000 } as const;

/** Milliseconds between two looks whether it answers. */
const LOOK = 100;

/** Seconds for its indexes to be there once it answers. */
const INDEXES = 30;

/** Of what it said last, the lines that are told when it does not start. */
const LINES_TOLD = 10;

/**
 * Starts OpenSearch as one node, without TLS and without users, reached from this machine alone. It ends with this
 * process, however that ends.
 *
 * @returns when it answers
 * @throws WildRydesError NOT_FOUND without Java or Maven; UNREACHABLE when its packages cannot be had, or when it does
 * not start, with its last words; PORT_TAKEN; USAGE for a port that it cannot have
 */
export async function startSearchServer(options: SearchServerOptions): Promise<SearchServer> {
  const { progress = () => {} } = options;
  const wanted = options.port === undefined ? undefined : await insistOnSearchPort(options.port);
  const java = await findJava(JAVA);
  const classPath = await installSearch(options);
  const place = folderOrTemporary(options.folder);
  const folders = writeConfiguration(place.path);
  const startAt = (port: number) => {
    progress(`search: OpenSearch ${OPENSEARCH} starts, on Java ${java.version}`);
    return open(
      run(java.path, argumentsFor(classPath, place.path, folders, port, options.heap ?? 512)),
      port,
      options,
    );
  };
  try {
    const server = await (wanted === undefined ? startSomewhere(startAt) : startAt(wanted));
    return {
      ...server,
      async close() {
        await server.close();
        place.remove();
      },
    };
  } catch (error) {
    const log = options.folder === null ? undefined : folders.log;
    place.remove();
    throw error instanceof NotStarted ? error.explained(log) : error;
  }
}

/** A server looks for its port seconds before it takes it: another that starts just now may be quicker. */
async function startSomewhere(startAt: (port: number) => Promise<SearchServer>): Promise<SearchServer> {
  for (let from: number | undefined; ; ) {
    const port = await freeSearchPort(from);
    try {
      return await startAt(port);
    } catch (error) {
      if (!(error instanceof WildRydesError && error.code === 'PORT_TAKEN')) throw error;
      from = port + 1;
    }
  }
}

async function open(running: Running, port: number, options: SearchServerOptions): Promise<SearchServer> {
  const { signal, patience = {} } = options;
  const endpoint = `http://127.0.0.1:${port}`;
  const close = () => running.end(patience.end ?? PATIENCE.end);
  try {
    await untilReady(running, endpoint, signal, patience.start ?? PATIENCE.start);
    return { endpoint, pid: running.pid, close };
  } catch (error) {
    const ended = running.gone.aborted;
    await close();
    if (signal?.aborted) throw signal.reason;
    if (await isTaken(port)) throw portTaken(port);
    throw new NotStarted(ended ? 'it ended' : (error as Error).message, running.said(), error);
  }
}

/** Its last words, for whoever knows where its log is. */
class NotStarted extends Error {
  readonly #said: string;

  constructor(message: string, said: string, cause: unknown) {
    super(message, { cause });
    this.#said = said;
  }

  explained(log: string | undefined): WildRydesError {
    const next = [
      ...(this.#said === '' ? [] : ['It said:', this.#said]),
      ...(log === undefined ? [] : [`Its log is ${log}`]),
    ].join('\n');
    return new WildRydesError('UNREACHABLE', `OpenSearch did not start: ${this.message}`, {
      ...(next === '' ? {} : { next }),
      cause: this.cause,
    });
  }
}

/**
 * Has the packages at hand, so that a later start needs neither time nor network for them.
 *
 * @returns the class path
 * @throws as startSearchServer
 */
export async function installSearch(
  options: Pick<SearchServerOptions, 'packages' | 'progress' | 'signal'>,
): Promise<string> {
  const { packages = join(defaultStateFolder(), 'search'), progress = () => {}, signal } = options;
  return installedClassPath({ folder: packages, progress, signal });
}

/**
 * The runner takes the HTTP port above the one that it is told, or a later one if that is taken by then. It starts
 * faster with the first compiler alone, and indexes what a laptop sends it none the slower.
 */
function argumentsFor(
  classPath: string,
  folder: string,
  { configuration, data, logs }: SearchFolders,
  port: number,
  heap: number,
): string[] {
  return [
    ...[
      '-Xms64m',
      `-Xmx${heap}m`,
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-XX:+ExitOnOutOfMemoryError',
    ],
    ...['-Djava.awt.headless=true', '-Dfile.encoding=UTF-8', '-cp', classPath],
    'org.codelibs.opensearch.runner.OpenSearchRunner',
    ...['-clusterName', 'wildrydes', '-numOfNode', '1', '-baseHttpPort', String(port - 1)],
    ...['-basePath', join(folder, 'home'), '-confPath', configuration, '-dataPath', data, '-logsPath', logs],
    ...['-moduleTypes', MODULES.join(',')],
  ];
}

interface Running {
  readonly pid: number;
  /** Aborted when it is gone. */
  readonly gone: AbortSignal;
  /** Its last lines. */
  said(): string;
  /** @param patience milliseconds until it is killed */
  end(patience: number): Promise<void>;
}

function run(program: string, args: readonly string[]): Running {
  // A group of its own: Ctrl-C in a terminal is for the cloud, which ends it once nothing is indexed any more.
  const child = spawn(program, args, { env: variables(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  const keep = (line: string) => {
    said.push(line);
    if (said.length > LINES_TOLD) said.shift();
  };
  for (const stream of [child.stdout, child.stderr]) keepLines(stream, keep);
  const reaper = createReaper();
  const gone = new AbortController();
  child.once('error', (error) => {
    keep(error.message);
    gone.abort();
  });
  child.once('exit', () => {
    if (child.pid !== undefined) reaper.forget(child.pid);
    reaper.close();
    gone.abort();
  });
  if (child.pid !== undefined) reaper.watch(child.pid);
  return {
    pid: child.pid ?? 0,
    gone: gone.signal,
    said: () => said.join('\n'),
    end: (patience) => end(child, gone.signal, patience),
  };
}

function keepLines(stream: Readable, keep: (line: string) => void): void {
  createInterface({ input: stream }).on('line', keep);
}

/** Nothing of the shell but what Java needs to find its way: no credentials above all. */
function variables(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'JAVA_HOME', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];
  return Object.fromEntries(
    names.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
  );
}

async function end(child: ChildProcess, gone: AbortSignal, patience: number): Promise<void> {
  if (gone.aborted) return;
  const ended = once(gone, 'abort');
  child.kill('SIGTERM');
  const waiting = new AbortController();
  const late = setTimeout(patience, undefined, { signal: waiting.signal }).then(
    () => void child.kill('SIGKILL'),
    () => {}, // it ended before
  );
  await ended;
  waiting.abort();
  await late;
}

async function untilReady(
  { pid, gone }: Running,
  endpoint: string,
  signal: AbortSignal | undefined,
  patience: number,
): Promise<void> {
  const late = AbortSignal.timeout(patience);
  const over = AbortSignal.any([gone, late, ...(signal === undefined ? [] : [signal])]);
  for (;;) {
    const node = await nodeAt(endpoint, over);
    if (node === pid) break;
    if (node !== undefined) throw new Error(`process ${node} answers in its place`);
    if (late.aborted) throw new Error(`it did not answer within ${patience / 1_000} s`);
    over.throwIfAborted();
    await setTimeout(LOOK, undefined, { signal: over }).catch(() => {});
  }
  // An index that does not come back is told by whoever asks for it: the others are of use.
  const health = `${endpoint}/_cluster/health?wait_for_status=yellow&timeout=${INDEXES}s`;
  await fetch(health, { signal: over }).then((answer) => answer.text());
}

/** Process id of the node that answers there; undefined while none does. */
async function nodeAt(endpoint: string, signal: AbortSignal): Promise<number | undefined> {
  try {
    const answer = await fetch(`${endpoint}/_nodes/_local/process`, { signal });
    const { nodes = {} } = (await answer.json()) as { nodes?: Record<string, { process?: { id?: number } }> };
    return Object.values(nodes)[0]?.process?.id;
  } catch {
    return undefined;
  }
}
