import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../telemetry/clock.ts';
import { WildRydesError } from '../../../telemetry/errors.ts';
import { builtFile } from '../../project.ts';
import type { MappingStatus } from '../control/api.ts';
import type { Service } from '../gateway/service.ts';
import { folderOrTemporary } from '../temporary-folder.ts';
import { createLambdaApi, OPERATIONS } from './api.ts';
import {
  type FunctionDefinition,
  type FunctionError,
  MAPPING_DEFAULTS,
  type MappingDefinition,
  type Outcome,
  type StartingPosition,
} from './definitions.ts';
import { createDestination, type Outlets } from './destination.ts';
import { Environments } from './environments.ts';
import { type EventBatch, PAYLOAD_LIMIT } from './event-batch.ts';
import { EventSourceMapping, type StreamSource } from './event-source-mapping.ts';
import { createFunctionLogs } from './function-logs.ts';
import { functionArn, mappingId, streamArn, VERSION } from './identity.ts';
import type { MappingRecord } from './mapping-record.ts';
import { MappingRegistry } from './mapping-registry.ts';
import type { Input } from './protocol.ts';

/** A mapping that the kit makes itself: from its manifests. */
export interface KitMapping extends Partial<Omit<MappingDefinition, 'eventSourceArn'>> {
  readonly functionName: string;
  readonly streamName: string;
  readonly startingPosition: StartingPosition;
}

/** Runs functions, by hand or for the records of a stream. */
export interface LambdaService extends Service {
  /**
   * Makes a function known, or replaces its definition: invocations that begin from now on use the new one.
   *
   * @throws WildRydesError USAGE when a limit is exceeded; STATE_UNUSABLE when the project is not built
   */
  register(definition: FunctionDefinition): void;
  /**
   * Starts delivering a stream to a registered function, from where the same mapping stopped, else from its starting
   * position. The stream need not exist yet.
   *
   * @throws WildRydesError NOT_FOUND without the function; USAGE when a limit is exceeded or the mapping exists
   */
  map(mapping: KitMapping): void;
  /**
   * Invokes a function and waits for what it returns.
   *
   * @param event anything that JSON can say
   * @throws InvocationError when the function failed; WildRydesError NOT_FOUND when there is none
   */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  mappings(): MappingStatus[];
  /** Ends delivery: lets invocations under way finish, for a few seconds at most, writes checkpoints, ends the functions' threads. */
  close(): Promise<void>;
}

/**
 * A function that failed: it threw, timed out, or its environment died.
 *
 * @public
 */
export class InvocationError extends Error {
  readonly errorType: string;
  readonly trace: readonly string[];

  constructor({ errorType, errorMessage, trace }: FunctionError) {
    super(errorMessage);
    this.name = 'InvocationError';
    this.errorType = errorType;
    this.trace = trace ?? [];
  }
}

export interface LambdaOptions {
  /** Holds checkpoints and the functions' output; null: both are thrown away. */
  readonly folder: string | null;
  readonly kinesis: StreamSource;
  /** URL of the local cloud; asked whenever an environment starts. */
  readonly endpoint: () => string;
  /** Where on-failure destinations are told; absent: nowhere, and the log says what was given up. */
  readonly outlets?: Outlets;
  readonly clock: Clock;
  readonly random: () => number;
  /** What the host itself has to say: records given up, files that cannot be written. */
  readonly log?: ((line: string) => void) | undefined;
  /** Each line that a function writes, beside the file that keeps it. */
  readonly onOutput?: ((functionName: string, line: string) => void) | undefined;
  /** Milliseconds that invocations under way are given at close. Default 5,000. */
  readonly patience?: number;
  /** The built environment.js. Default: the one in dist/. */
  readonly bootstrap?: string;
}

/**
 * Limits of the Lambda API.
 * Sources: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html and
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
const LIMITS = {
  timeout: { least: 1, most: 900 },
  memorySize: { least: 128, most: 10_240 },
  batchSize: { least: 1, most: 10_000 },
  maximumBatchingWindowInSeconds: { least: 0, most: 300 },
  maximumRetryAttempts: { least: -1, most: 10_000 },
} as const;

const FUNCTION_NAME = /^[a-zA-Z0-9-_]{1,64}$/;
const STREAM_NAME = /^[a-zA-Z0-9_.-]{1,128}$/;

export function createLambda(options: LambdaOptions): LambdaService {
  const { folder, kinesis, clock, log = () => {}, patience = 5_000 } = options;
  const bootstrap = options.bootstrap ?? builtFile('infra/local/lambda/environment');
  const own = folderOrTemporary(folder);
  const home = join(own.path, 'home');
  mkdirSync(home, { recursive: true });
  const logs = createFunctionLogs({
    folder: folder === null ? null : join(folder, 'logs'),
    onLine: options.onOutput,
  });

  const functions = new Map<string, Environments>();
  const retiring = new Set<Environments>();
  let closing: Promise<void> | undefined;

  function environmentsOf(functionName: string): Environments {
    const environments = functions.get(functionName);
    if (environments !== undefined) return environments;
    throw new WildRydesError('NOT_FOUND', `there is no function ${functionName}`);
  }

  async function run(functionName: string, input: Input): Promise<Outcome> {
    return environmentsOf(functionName).invoke(input);
  }

  /** Who is told of records that a mapping gives up, if anybody is. */
  function destinationOf({ uuid, definition, qualifier }: MappingRecord) {
    const { onFailure, functionName } = definition;
    if (onFailure === null || options.outlets === undefined) return undefined;
    return createDestination({
      arn: onFailure,
      mappingId: uuid,
      functionArn: `${functionArn(functionName)}:${qualifier ?? VERSION}`,
      outlets: options.outlets,
      clock,
      log,
    });
  }

  const mappings = new MappingRegistry({
    folder,
    deliver: ({ record, positions, passesFilter, heard }) => {
      const mapping = record.definition;
      const invoke = async (batch: EventBatch): Promise<Outcome> => {
        const outcome = await run(mapping.functionName, { batch });
        heard(outcome);
        return outcome;
      };
      return new EventSourceMapping({
        mapping,
        kinesis,
        positions,
        invoke,
        passesFilter,
        tellDestination: destinationOf(record),
        clock,
        log,
      });
    },
    hasFunction: (functionName) => functions.has(functionName),
    stream: (arn) => kinesis.stream(arn),
    clock,
    random: options.random,
    log,
  });

  async function close(): Promise<void> {
    const stopped = mappings.stop();
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([stopped, enough]);
    clearTimeout(timer);
    await Promise.all([...functions.values(), ...retiring].map((environments) => environments.stop()));
    await stopped;
    await mappings.flush();
    await logs.close();
    own.remove();
  }

  const service: LambdaService = {
    title: 'Lambda',
    signingName: 'lambda',
    targetPrefixes: [],
    maxBody: PAYLOAD_LIMIT,
    operations: OPERATIONS,
    handle: createLambdaApi({
      functions: () => [...functions.values()].map((environments) => environments.definition),
      mappings: {
        mappings,
        hasFunction: ({ name, qualifier }) => functions.has(name) && (qualifier ?? VERSION) === VERSION,
        hasStream: (arn) => kinesis.stream(arn) !== undefined,
        now: () => clock.now(),
      },
      invoke: (functionName, event) => run(functionName, { event }),
    }),

    register(definition) {
      const { functionName } = definition;
      requireName('functionName', functionName, FUNCTION_NAME);
      requireWithin('timeout', definition.timeout);
      requireWithin('memorySize', definition.memorySize);
      if (!existsSync(bootstrap)) {
        throw new WildRydesError('STATE_UNUSABLE', `functions cannot run: ${bootstrap} is missing`, {
          next: 'Build the project: npm run build',
        });
      }
      const before = functions.get(functionName);
      functions.set(
        functionName,
        new Environments(definition, {
          bootstrap,
          home,
          endpoint: options.endpoint,
          clock,
          random: options.random,
          output: logs.write,
        }),
      );
      mappings.functionKnown(functionName);
      if (before === undefined) return;
      retiring.add(before);
      void before.retire();
    },

    map({ streamName, ...settings }) {
      const definition: MappingDefinition = {
        ...MAPPING_DEFAULTS,
        ...settings,
        eventSourceArn: streamArn(streamName),
      };
      const { functionName } = definition;
      environmentsOf(functionName);
      requireName('streamName', streamName, STREAM_NAME);
      requireWithin('batchSize', definition.batchSize);
      requireWithin('maximumBatchingWindowInSeconds', definition.maximumBatchingWindowInSeconds);
      requireWithin('maximumRetryAttempts', definition.maximumRetryAttempts);
      if (mappings.get(mappingId(functionName, streamName)) !== undefined) {
        throw new WildRydesError('USAGE', `${streamName} is already mapped to ${functionName}`);
      }
      mappings.addKit(definition, streamName);
    },

    async invoke(functionName, event) {
      const asJson: unknown = JSON.parse(JSON.stringify(event) ?? 'null');
      const outcome = await run(functionName, { event: asJson });
      if (outcome.kind === 'response') return JSON.parse(outcome.payload) as unknown;
      if (outcome.kind === 'error') throw new InvocationError(outcome.error);
      throw new InvocationError({ errorType: 'Runtime.Stopped', errorMessage: 'the local cloud is closing' });
    },

    mappings: () => mappings.statuses(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
  return service;
}

function requireWithin<K extends keyof typeof LIMITS>(name: K, value: number): void {
  const { least, most } = LIMITS[name];
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new WildRydesError('USAGE', `${name} must be an integer from ${least} to ${most} (given ${value})`);
}

function requireName(what: string, name: string, pattern: RegExp): void {
  if (pattern.test(name)) return;
  throw new WildRydesError('USAGE', `${what} must match ${pattern.source} (given ${JSON.stringify(name)})`);
}
