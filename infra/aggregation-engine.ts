import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RemoteAggregation, ThreadOptions } from '../aggregation/thread.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import type { AggregationProgress } from '../telemetry/progress.ts';
import { STREAMS } from '../telemetry/topology.ts';
import type {
  AnalyticsEngine,
  EngineApplication,
  EngineStart,
  PropertyGroup,
  RunningApplication,
} from './local/kinesisanalytics/engine.ts';

/** The application that is the pipeline's own aggregation. */
export const OWN_APPLICATION = 'wildrydes-aggregation';

/** The engines: the kit's own in a thread, and the Flink job in a process. */
export type EngineName = 'embedded' | 'flink';

/** What is added to the path of a checkpoint. */
const SUFFIXES: Readonly<Record<EngineName, string>> = { embedded: '', flink: '-flink' };

export interface AggregationEngineOptions {
  /** Where the streams are. */
  readonly config: ThreadOptions['config'];
  /** Holds the checkpoints: the pipeline's own, and a folder for each other application. Created if missing. */
  readonly folder: string;
  /** Whether the pipeline is in this cloud; without it, an application of its own's name is somebody's, as any other. */
  readonly pipeline: boolean;
  readonly hasStream: (streamName: string) => boolean;
  /**
   * Makes what an aggregation runs in, which begins to load.
   *
   * @param broken told when it ends though nobody stopped it; absent: thrown
   */
  readonly make: (broken?: (error: unknown) => void) => RemoteAggregation;
  /** What is made. Its checkpoints are of no use to another. */
  readonly name: EngineName;
  /** Told, of each application that is not the pipeline's, what runs in place of its Jar. */
  readonly log: (line: string) => void;
  /** Called when the engine is closed. */
  readonly closed: () => void;
}

type Streams = ThreadOptions['streams'];

/** The checkpoint of the pipeline's own aggregation, in the engine's folder. */
const OWN_CHECKPOINT = 'checkpoint';

/** Names of an application that takes the place of the pipeline's own where there is none: people may share an account. */
const IN_PLACE_OF_OWN = new RegExp(`^([a-z][a-z0-9]*-)?${OWN_APPLICATION}$`);

/** Applications that run at once beside the pipeline's own: each has a thread. */
const MOST_OTHERS = 4;

/**
 * Runs applications of the local Managed Service for Apache Flink, each as an aggregation in a thread of its own, with a
 * checkpoint of its own. One of them is the pipeline's, whose books it opens.
 */
export class AggregationEngine implements AnalyticsEngine {
  readonly #options: AggregationEngineOptions;
  /** Made before the pipeline's own application is started, so that it has loaded by then. */
  #spare: RemoteAggregation | undefined;
  #own: RemoteAggregation | undefined;
  #ownName: string = OWN_APPLICATION;
  /** What the pipeline's own told last before it stopped. */
  #last: AggregationProgress | undefined;

  constructor(options: AggregationEngineOptions) {
    this.#options = options;
    if (options.pipeline) this.#spare = options.make();
  }

  /** The aggregation whose books are opened; undefined while it does not run. */
  get own(): RemoteAggregation | undefined {
    return this.#own;
  }

  /**
   * The books of the pipeline's own aggregation, or in a cloud without it of the one that somebody has made in its place;
   * while it does not run, as it left them. Undefined before it has run.
   */
  async progress(): Promise<AggregationProgress | undefined> {
    const own = this.#own;
    try {
      if (own !== undefined) return await own.progress();
    } catch (error) {
      // It was stopped meanwhile.
      if (this.#own === own) throw error;
    }
    return this.#last && { ...this.#last, trouble: `the application ${this.#ownName} does not run` };
  }

  refusal(
    application: EngineApplication,
    running: readonly EngineApplication[],
    fresh: boolean,
  ): string | undefined {
    const streams = streamsOf(application.properties);
    if (typeof streams === 'string') return streams;
    if (application.name === OWN_APPLICATION) {
      const own = this.#options.pipeline
        ? refusalOfOwn(streams, fresh)
        : this.#refusalWithoutPipeline(application);
      if (own !== undefined) return own;
    }
    const { readings, summaries, quarantine } = streams;
    if (new Set([readings, summaries, quarantine]).size < 3) {
      return `The streams of an application must be three (given ${readings}, ${summaries} and ${quarantine}).`;
    }
    const rival = running.find(({ properties }) => {
      const other = streamsOf(properties);
      return typeof other !== 'string' && other.summaries === summaries;
    });
    if (rival !== undefined) {
      return (
        `Application ${rival.name} runs already and writes to the stream ${summaries}: ` +
        'name another by stream.name in the property group OutputStream0, or stop it first.'
      );
    }
    const others = running.filter(({ name }) => name !== OWN_APPLICATION);
    if (application.name !== OWN_APPLICATION && others.length >= MOST_OTHERS) {
      return `At most ${MOST_OTHERS} applications run at once beside ${OWN_APPLICATION}.`;
    }
    return undefined;
  }

  async start(application: EngineApplication, how: EngineStart): Promise<RunningApplication> {
    const streams = streamsOf(application.properties);
    if (typeof streams === 'string') throw new Error(streams);
    const missing = Object.values(streams).find((name) => !this.#options.hasStream(name));
    if (missing !== undefined) throw new Error(`the stream ${missing} does not exist`);
    if (this.#options.pipeline && application.name === OWN_APPLICATION) {
      return this.#startOwn(application, streams);
    }
    const folder = this.#folderOf(application);
    if (how.fresh) await rm(folder, { recursive: true, force: true });
    // Positions and windows are those of one set of streams.
    const checkpoint = this.#checkpoint(folder, digestOf(...Object.values(streams)));
    const thread = await this.#run(this.#options.make(how.ended), streams, checkpoint);
    const { readings, summaries } = streams;
    this.#options.log(
      `application ${application.name}: not its Jar, but the kit's aggregation runs, from ${readings} to ${summaries}`,
    );
    if (this.#options.pipeline || !IN_PLACE_OF_OWN.test(application.name)) {
      return { stop: () => thread.stop() };
    }
    return this.#booked(application, thread);
  }

  async forget(application: EngineApplication): Promise<void> {
    // The pipeline's own comes back at its next start, and never writes a window twice.
    if (this.#options.pipeline && application.name === OWN_APPLICATION) return;
    await rm(this.#folderOf(application), { recursive: true, force: true });
  }

  /** Ends what was made and not started. What runs is stopped by who started it. */
  async close(): Promise<void> {
    const spare = this.#spare;
    this.#spare = undefined;
    try {
      await spare?.stop();
    } finally {
      this.#options.closed();
    }
  }

  /** What the pipeline has aggregated in this state folder, only the pipeline goes on with. */
  #refusalWithoutPipeline(application: EngineApplication): string | undefined {
    if (existsSync(this.#folderOf(application)) || !this.#hasOwnState()) return undefined;
    return `${OWN_APPLICATION} runs with the pipeline only: this cloud was started empty.`;
  }

  #hasOwnState(): boolean {
    const { folder } = this.#options;
    return Object.values(SUFFIXES).some((suffix) => existsSync(join(folder, OWN_CHECKPOINT + suffix)));
  }

  async #startOwn(application: EngineApplication, streams: Streams): Promise<RunningApplication> {
    if (existsSync(this.#folderOf(application))) {
      throw new WildRydesError(
        'STATE_UNUSABLE',
        `${OWN_APPLICATION} is an application that was made by hand, in a cloud that was started empty`,
        { next: 'Start with --empty, or with another state folder by --data.' },
      );
    }
    const checkpoint = this.#checkpoint(this.#options.folder, OWN_CHECKPOINT);
    const thread = this.#spare ?? this.#options.make();
    this.#spare = undefined;
    await this.#run(thread, streams, checkpoint);
    return this.#booked(application, thread);
  }

  /** Opens the books of an aggregation that runs, until it is stopped. */
  #booked({ name }: EngineApplication, thread: RemoteAggregation): RunningApplication {
    this.#own = thread;
    this.#ownName = name;
    return {
      stop: async () => {
        this.#last = await thread.progress().catch(() => this.#last);
        this.#own = undefined;
        await thread.stop();
      },
    };
  }

  async #run(thread: RemoteAggregation, streams: Streams, checkpoint: string): Promise<RemoteAggregation> {
    try {
      await mkdir(dirname(checkpoint), { recursive: true });
      await thread.start({ config: this.#options.config, streams, checkpoint });
      return thread;
    } catch (error) {
      await thread.stop().catch(() => {}); // the first error is the one to tell
      throw error;
    }
  }

  /**
   * Where the checkpoint is, of an application that no other engine has run: this one would begin anew, and write
   * again, of what is left in the stream, what the other has written.
   */
  #checkpoint(folder: string, name: string): string {
    for (const [engine, suffix] of Object.entries(SUFFIXES)) {
      if (engine === this.#options.name || !existsSync(join(folder, name + suffix))) continue;
      throw new WildRydesError('STATE_UNUSABLE', `its state is that of the ${engine} engine`, {
        next:
          engine === 'flink'
            ? 'Start with --aggregation flink, or with another state folder by --data.'
            : 'Start without --aggregation flink, or with another state folder by --data.',
      });
    }
    return join(folder, name + SUFFIXES[this.#options.name]);
  }

  /** Names may differ in case only, or be `..`. */
  #folderOf({ name, createdAt }: EngineApplication): string {
    return join(this.#options.folder, 'applications', digestOf(name, createdAt));
  }
}

function refusalOfOwn(streams: Streams, fresh: boolean): string | undefined {
  if (JSON.stringify(streams) !== JSON.stringify(STREAMS)) {
    return `${OWN_APPLICATION} has the streams of the pipeline: create another application for others.`;
  }
  if (fresh) {
    return `${OWN_APPLICATION} goes on from its state always: it would write what it has written anew, of what is left in its stream.`;
  }
  return undefined;
}

/** The property groups that name streams, by what the aggregation does with them. */
const GROUPS = {
  readings: 'InputStream0',
  summaries: 'OutputStream0',
  quarantine: 'QuarantineStream0',
} as const;

/**
 * The streams that an application is to work with: those that its properties name, as AWS's own examples do, else the
 * pipeline's. Source: https://github.com/aws-samples/amazon-managed-service-for-apache-flink-examples
 *
 * @returns what is wrong with the properties, if anything is
 */
function streamsOf(properties: readonly PropertyGroup[]): Streams | string {
  const streams: Record<keyof Streams, string> = { ...STREAMS };
  for (const [role, id] of Object.entries(GROUPS) as [keyof Streams, string][]) {
    const group = properties.find((each) => each.id === id);
    if (group === undefined) continue;
    const name = streamIn(group.values);
    if (name === undefined)
      return `The property group ${id} must name a stream by stream.name or stream.arn.`;
    streams[role] = name;
  }
  return streams;
}

function streamIn(values: PropertyGroup['values']): string | undefined {
  const property = (key: string) => (Object.hasOwn(values, key) ? values[key] : undefined);
  const arn = property('stream.arn');
  if (arn === undefined) return property('stream.name');
  return /^arn:aws[a-z-]*:kinesis:[^:]*:\d{12}:stream\/([a-zA-Z0-9_.-]{1,128})$/.exec(arn)?.[1];
}

function digestOf(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 32);
}
