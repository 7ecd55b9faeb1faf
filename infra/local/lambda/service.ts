import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../telemetry/clock.ts';
import { WildRydesError } from '../../../telemetry/errors.ts';
import { builtFile } from '../../project.ts';
import type { MappingStatus } from '../control/api.ts';
import type { Service } from '../gateway/service.ts';
import { folderOrTemporary } from '../temporary-folder.ts';
import { createLambdaApi, nameOfOperation, OPERATIONS } from './api.ts';
import {
  type FunctionDefinition,
  type FunctionError,
  type LogLine,
  MAPPING_DEFAULTS,
  type MappingDefinition,
  type Outcome,
  type StartingPosition,
} from './definitions.ts';
import { createDestination, type Outlets } from './delivery/destination.ts';
import type { EventBatch } from './delivery/event-batch.ts';
import { EventSourceMapping, type StreamSource } from './delivery/event-source-mapping.ts';
import type { MappingRecord } from './delivery/mapping-record.ts';
import { MappingRegistry } from './delivery/mapping-registry.ts';
import { LambdaError } from './errors.ts';
import { type AsynchronousEvent, createAsynchronousInvocations } from './functions/asynchronous.ts';
import { qualifiedName } from './functions/function-name.ts';
import { type Functions, openFunctions } from './functions/functions.ts';
import { functionArn, mappingId, requestId, streamArn, VERSION } from './identity.ts';
import type { ReadObject, RoleTrust } from './operation.ts';
import type { Bootstraps } from './sandbox/environments.ts';
import type { Input } from './sandbox/protocol.ts';
import { createReaper } from './sandbox/reaper.ts';

/** A mapping that the kit makes itself: from its manifests. */
export interface KitMapping extends Partial<Omit<MappingDefinition, 'eventSourceArn'>> {
  readonly functionName: string;
  /** The stream, or the table whose stream it is. */
  readonly streamName: string;
  /** The stream of a table; absent: that of Kinesis. */
  readonly tableStreamArn?: string;
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
   * @param name a function's name or ARN, with a version or an alias or without
   * @param event anything that JSON can say
   * @throws InvocationError when the function failed; WildRydesError NOT_FOUND when there is none
   */
  invoke(name: string, event: unknown): Promise<unknown>;
  /**
   * Takes an event for a function that nobody waits for, as an invocation of type Event. On disk when it settles.
   *
   * @param name as for `invoke`
   * @throws WildRydesError NOT_FOUND when there is no such function
   */
  send(name: string, event: unknown): Promise<void>;
  /** @param name as for `invoke` */
  has(name: string): boolean;
  mappings(): MappingStatus[];
  /** Has what becomes of every invocation decided, once the function has run; undefined leaves outcomes as they are. */
  alterOutcomes(alter: ((functionName: string, outcome: Outcome) => Outcome) | undefined): void;
  /** Goes on with the events and the mappings of uploaded functions that the process before left. Once, when the port is open that functions are told of. */
  resume(): void;
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
  /** Holds uploaded functions, checkpoints, and events under way; null: all of it is thrown away. */
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
  /** Each line of a function's log. Default: to nowhere. */
  readonly onOutput?: ((line: LogLine) => void) | undefined;
  /** Where functions' code may be found too. Default: nowhere. */
  readonly readObject?: ReadObject | undefined;
  /** Whether Lambda may assume a role. Default: every one. */
  readonly roleTrust?: ((arn: string) => RoleTrust) | undefined;
  /** Milliseconds before each retry of an event that nobody waits for. See AsynchronousOptions. */
  readonly retryDelays?: readonly number[] | undefined;
  /** Milliseconds that invocations under way are given at close. Default 5,000. */
  readonly patience?: number;
  /** What the sandboxes run, built. Default: what is in dist/. */
  readonly bootstrap?: Bootstraps;
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

/**
 * Bytes of a request: a deployment package as base64, and room for the rest.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MOST_BODY = 70_167_211;

const BUILT: Bootstraps = {
  thread: builtFile('infra/local/lambda/sandbox/environment'),
  process: builtFile('infra/local/lambda/sandbox/process-environment'),
  hooks: builtFile('infra/local/lambda/sandbox/import-hooks'),
};

const FUNCTION_NAME = /^[a-zA-Z0-9-_]{1,64}$/;
const STREAM_NAME = /^[a-zA-Z0-9_.-]{1,128}$/;

export function createLambda(options: LambdaOptions): LambdaService {
  const { folder, kinesis, clock, log = () => {}, patience = 5_000 } = options;
  const bootstrap = options.bootstrap ?? BUILT;
  const own = folderOrTemporary(folder);
  const home = join(own.path, 'home');
  mkdirSync(home, { recursive: true });
  const reaper = createReaper();
  const opened = openFunctions(
    own.path,
    folder === null,
    {
      bootstrap,
      home,
      endpoint: options.endpoint,
      clock,
      random: options.random,
      output: options.onOutput ?? (() => {}),
      reaper,
    },
    (functionName) => mappings.functionKnown(functionName),
  );
  const functions: { -readonly [Member in keyof Functions]: Functions[Member] } = { ...opened };
  const asynchronous = createAsynchronousInvocations({
    folder: join(own.path, 'events'),
    invoke: invokeEvent,
    clock,
    log,
    ...(options.retryDelays === undefined ? {} : { retryDelays: options.retryDelays }),
  });

  /** Whether the port is open: uploaded functions, which outlive the process, get records only then. */
  let resumed = false;
  let closing: Promise<void> | undefined;

  /** @throws WildRydesError NOT_FOUND */
  function insistOnFunction(given: string): { readonly name: string; readonly qualifier: string } {
    const named = qualifiedName(given, undefined);
    if (functions.has(named.name, named.qualifier)) return named;
    throw new WildRydesError('NOT_FOUND', `there is no function ${given}`);
  }

  /** What Lambda itself refuses fails as the function would: the records are sent again. */
  async function deliver(functionName: string, qualifier: string, input: Input): Promise<Outcome> {
    try {
      return await functions.invoke(functionName, qualifier, input);
    } catch (error) {
      if (!(error instanceof LambdaError)) throw error;
      return { requestId: '', kind: 'error', error: { errorType: error.type, errorMessage: error.message } };
    }
  }

  async function invokeEvent({ functionName, qualifier, payload, requestId }: AsynchronousEvent) {
    const event = JSON.parse(payload) as unknown;
    try {
      return await functions.invoke(functionName, qualifier, { event }, { requestId });
    } catch (error) {
      if (error instanceof LambdaError && error.status === 429) return 'throttled';
      throw error;
    }
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
        const outcome = await deliver(mapping.functionName, record.qualifier ?? VERSION, { batch });
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
    hasFunction: (functionName) =>
      functions.has(functionName) && (resumed || functions.find(functionName).kind === 'own'),
    stream: (arn) => kinesis.stream(arn),
    clock,
    random: options.random,
    log,
  });

  async function close(): Promise<void> {
    asynchronous.close();
    const stopped = mappings.stop();
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([stopped, enough]);
    clearTimeout(timer);
    await functions.close();
    reaper.close();
    await stopped;
    await mappings.flush();
    own.remove();
  }

  const service: LambdaService = {
    title: 'Lambda',
    signingName: 'lambda',
    targetPrefixes: [],
    maxBody: MOST_BODY,
    operations: OPERATIONS,
    nameOperation: nameOfOperation,
    handle: createLambdaApi(
      {
        functions,
        asynchronous,
        mappings: {
          mappings,
          hasFunction: ({ name, qualifier }) => functions.has(name, qualifier ?? VERSION),
          hasStream: (arn) => kinesis.stream(arn) !== undefined,
          now: () => clock.now(),
        },
        clock,
        endpoint: options.endpoint,
        readObject: options.readObject ?? (async () => undefined),
        roleTrust: options.roleTrust ?? (() => 'ok'),
      },
      log,
    ),

    register(definition) {
      const { functionName } = definition;
      requireName('functionName', functionName, FUNCTION_NAME);
      requireWithin('timeout', definition.timeout);
      requireWithin('memorySize', definition.memorySize);
      if (!existsSync(bootstrap.thread)) {
        throw new WildRydesError('STATE_UNUSABLE', `functions cannot run: ${bootstrap.thread} is missing`, {
          next: 'Build the project: npm run build',
        });
      }
      functions.register(definition);
      mappings.functionKnown(functionName);
    },

    map({ streamName, tableStreamArn, ...settings }) {
      const definition: MappingDefinition = {
        ...MAPPING_DEFAULTS,
        ...settings,
        eventSourceArn: tableStreamArn ?? streamArn(streamName),
      };
      const { functionName } = definition;
      insistOnFunction(functionName);
      requireName('streamName', streamName, STREAM_NAME);
      requireWithin('batchSize', definition.batchSize);
      requireWithin('maximumBatchingWindowInSeconds', definition.maximumBatchingWindowInSeconds);
      requireWithin('maximumRetryAttempts', definition.maximumRetryAttempts);
      if (mappings.get(mappingId(functionName, streamName)) !== undefined) {
        throw new WildRydesError('USAGE', `${streamName} is already mapped to ${functionName}`);
      }
      mappings.addKit(definition, streamName);
    },

    async invoke(name, event) {
      const asJson: unknown = JSON.parse(JSON.stringify(event) ?? 'null');
      const { name: functionName, qualifier } = insistOnFunction(name);
      const outcome = await deliver(functionName, qualifier, { event: asJson });
      if (outcome.kind === 'response') return JSON.parse(outcome.payload) as unknown;
      if (outcome.kind === 'error') throw new InvocationError(outcome.error);
      throw new InvocationError({ errorType: 'Runtime.Stopped', errorMessage: 'the local cloud is closing' });
    },

    async send(name, event) {
      const { name: functionName, qualifier } = insistOnFunction(name);
      const payload = JSON.stringify(event) ?? 'null';
      await asynchronous.add({
        requestId: requestId(options.random),
        functionName,
        qualifier,
        payload,
        taken: clock.now(),
      });
    },

    has(name) {
      const { name: functionName, qualifier } = qualifiedName(name, undefined);
      return functions.has(functionName, qualifier);
    },

    mappings: () => mappings.statuses(),
    alterOutcomes(alter) {
      functions.invoke =
        alter === undefined
          ? opened.invoke
          : async (functionName, ...more) => alter(functionName, await opened.invoke(functionName, ...more));
    },
    resume() {
      resumed = true;
      for (const functionName of functions.names()) mappings.functionKnown(functionName);
      asynchronous.resume();
    },
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
