import { join, resolve } from 'node:path';
import { flinkAggregator } from '../../infra/flink/aggregator.ts';
import { findJava } from '../../infra/java/java.ts';
import { createControlClient } from '../../infra/local/control/client.ts';
import { type LocalOptions, startLocal } from '../../infra/pipeline.ts';
import { defaultStateFolder } from '../../infra/project.ts';
import { insistOnSearch, readSearchEndpoint } from '../../infra/search/endpoint.ts';
import { JAVA } from '../../infra/search/packages.ts';
import { installSearch, startSearchServer } from '../../infra/search/server.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { LOCAL } from '../../telemetry/topology.ts';
import { portFlag } from '../hints.ts';
import { onInterrupt, whenAborted } from '../interrupt.ts';
import { portTaken } from '../producer/cloud.ts';
import { coloursFor } from '../terminal.ts';
import { boundedLog } from './bounded-log.ts';
import { startDetached } from './detach.ts';
import { type Greet, greeting, type StartedCloud } from './greeting.ts';

export interface StartFlags {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly data?: string | undefined;
  readonly ephemeral?: boolean | undefined;
  readonly detach?: boolean | undefined;
  readonly empty?: boolean | undefined;
  /** URL of a search cluster; nothing: one of the cloud's own. */
  readonly search?: string | undefined;
  readonly aggregation?: 'embedded' | 'flink' | undefined;
  readonly enforceLimits?: boolean | undefined;
  readonly log?: string | undefined;
}

/**
 * Runs the local cloud until Ctrl-C, SIGTERM or `wildrydes stop`; with `detach`, until it answers in the background.
 *
 * @param greet told what is to be known of it once it runs; default: standard output
 * @returns the exit status
 * @throws WildRydesError PORT_TAKEN, STATE_UNUSABLE or STATE_CORRUPT; for search and Flink also USAGE, UNREACHABLE or NOT_FOUND
 */
export async function start(flags: StartFlags, greet: Greet = toStandardOutput): Promise<number> {
  const port = flags.port ?? LOCAL.port;
  await insistOnFreePort(port);
  const cloud: StartedCloud = {
    port,
    host: flags.host,
    data: flags.ephemeral ? null : (flags.data ?? defaultStateFolder()),
    empty: flags.empty === true,
    search: readSearch(flags.search),
    aggregation: flags.aggregation ?? 'embedded',
    enforceLimits: flags.enforceLimits === true,
    log: flags.log === undefined ? undefined : resolve(flags.log),
  };
  if (flags.host !== undefined) process.stderr.write(`${openTo(flags.host)}\n`);
  await insistOnSearchable(cloud.search);
  // What takes its time is built before anything runs; whoever starts finds it built.
  if (cloud.aggregation === 'flink') await flinkAggregator({ progress: tell });
  return flags.detach ? startDetached(cloud, greet) : startHere(cloud, greet);
}

function toStandardOutput(text: string): void {
  process.stdout.write(text);
}

function readSearch(given: string | undefined): StartedCloud['search'] {
  if (given === undefined) return undefined;
  return given === '' ? 'own' : { endpoint: readSearchEndpoint(given) };
}

/** What may take its time or go wrong for good is done before anything else is. */
async function insistOnSearchable(search: StartedCloud['search']): Promise<void> {
  if (search === undefined) return;
  if (search !== 'own') return insistOnSearch(search.endpoint);
  await findJava(JAVA);
  await installSearch({ progress: tell });
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Nothing here asks who somebody is. */
function openTo(host: string): string {
  return `warning: whoever reaches ${host} can read and change everything in this cloud, and run code here as you`;
}

async function insistOnFreePort(port: number): Promise<void> {
  const running = await createControlClient(`http://127.0.0.1:${port}`).health();
  if (running === undefined) return;
  if (running === 'foreign') throw portTaken(port);
  throw new WildRydesError(
    'PORT_TAKEN',
    `a local cloud already runs on port ${port} (process ${running.pid})`,
    {
      next: `Use it as it is, end it with ./wildrydes stop${portFlag(port)}, or start another with --port ${port === 65_535 ? port - 1 : port + 1} --data FOLDER.`,
    },
  );
}

async function startHere(cloud: StartedCloud, greet: Greet): Promise<number> {
  const log = cloud.log === undefined ? tell : boundedLog(cloud.log);
  const interrupt = onInterrupt();
  try {
    const local = await startLocal({
      port: cloud.port,
      host: cloud.host,
      data: cloud.data,
      clock: systemClock,
      pipeline: !cloud.empty,
      parts: partsOf(cloud),
      aggregation:
        cloud.aggregation === 'flink'
          ? await flinkAggregator({ progress: tell, signal: interrupt.signal })
          : undefined,
      searchEndpoint: searchFor(cloud, interrupt.signal),
      enforceLimits: cloud.enforceLimits,
      log,
    });
    greet(greeting(cloud, local, 'Ctrl-C stops it.', coloursFor(process.stdout, process.env)));
    await Promise.race([whenAborted(interrupt.signal), local.stopRequested]);
    process.stderr.write('stopping\n');
    await local.close();
  } catch (error) {
    // Whoever gave up an OpenSearch that was starting wants no word about it.
    if (error !== interrupt.signal.reason) throw error;
  } finally {
    interrupt.release();
  }
  return 0;
}

function partsOf({ empty, search }: StartedCloud): NonNullable<LocalOptions['parts']> {
  if (empty) return [];
  return search === undefined ? ['archive', 'files'] : ['archive', 'files', 'search'];
}

function searchFor({ search, data }: StartedCloud, signal: AbortSignal): LocalOptions['searchEndpoint'] {
  if (search !== 'own') return search?.endpoint;
  return () =>
    startSearchServer({ folder: data === null ? null : join(data, 'search'), progress: tell, signal });
}
