import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { createInterface } from 'node:readline';
import type { AggregationProgress } from '../../../telemetry/progress.ts';
import type { FaultRequest, FaultStatus } from '../faults/fault.ts';
import {
  type AggregationQuery,
  type CloudHealth,
  type CloudStatus,
  CONTROL_PREFIX,
  type EndFaults,
  type Limits,
  type Notification,
} from './api.ts';
import { ControlError } from './routes.ts';

/** What another process of the kit may ask of a local cloud. */
export interface ControlClient {
  /**
   * Who listens at the endpoint: the cloud's health; `foreign` when what answers is not a cloud of this kit, or
   * nothing answers within the timeout although something listens; undefined when nothing listens. Never rejects.
   */
  health(): Promise<CloudHealth | 'foreign' | undefined>;
  status(): Promise<CloudStatus>;
  /** Waits as long as it takes, where the query asks for more than the books as they are. */
  aggregation(query: AggregationQuery): Promise<AggregationProgress>;
  /** Begins or ends to limit shards as AWS does. */
  enforceLimits(enforce: boolean): Promise<void>;
  /** Makes something go wrong, for a time or a count. */
  addFault(fault: FaultRequest): Promise<FaultStatus>;
  /** Ends one fault, or all. Resolves with how many ended. */
  endFaults(id?: number): Promise<number>;
  /** Asks the cloud to stop; settles when it has agreed, before it is down. */
  stop(): Promise<void>;
  /**
   * Calls `onNotification` for each message published from now on, until `signal` aborts or the cloud stops.
   * Settles once the cloud listens for it, so that nothing published afterwards is missed.
   */
  notifications(signal: AbortSignal, onNotification: (notification: Notification) => void): Promise<void>;
}

/** Milliseconds for an answer to begin; the cloud is on this machine. */
const TIMEOUT = 3_000;

/**
 * A client for the control door of the local cloud. Each call rejects with ControlError when the cloud refuses,
 * and with the system's error when it cannot be reached.
 *
 * @param endpoint `http://127.0.0.1:4566`
 */
export function createControlClient(endpoint: string): ControlClient {
  const ask = async (method: 'GET' | 'POST', name: string, body?: unknown, timeout = TIMEOUT) =>
    readAnswer(await open(endpoint, { method, timeout }, name, body));

  return {
    async health() {
      try {
        const health = await ask('GET', 'health');
        return isHealth(health) ? health : 'foreign';
      } catch (error) {
        return isNobody(error) ? undefined : 'foreign';
      }
    },
    status: async () => (await ask('GET', 'status')) as CloudStatus,
    aggregation: async (query) => (await ask('POST', 'aggregation', query, 0)) as AggregationProgress,
    enforceLimits: async (enforce) => {
      await ask('POST', 'limits', { enforce } satisfies Limits);
    },
    addFault: async (fault) => (await ask('POST', 'faults', fault)) as FaultStatus,
    endFaults: async (id) => {
      const query: EndFaults = id === undefined ? {} : { id };
      return ((await ask('POST', 'end-faults', query)) as { readonly ended: number }).ended;
    },
    stop: async () => {
      await ask('POST', 'stop');
    },
    async notifications(signal, onNotification) {
      const answer = await open(endpoint, { method: 'GET', timeout: TIMEOUT, signal }, 'notifications');
      if (answer.statusCode !== 200) {
        await readAnswer(answer);
        return;
      }
      // The answer began in time; from now on silence is no fault, and an end of any kind is just the end.
      answer.setTimeout(0);
      const lines = createInterface({ input: answer });
      for (const each of [answer, lines]) each.on('error', () => {});
      lines.on('line', (line) => onNotification(JSON.parse(line) as Notification));
    },
  };
}

function open(
  endpoint: string,
  options: RequestOptions,
  name: string,
  body?: unknown,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A connection of its own for each request: none is left open to keep the process alive.
    const sent = request(new URL(CONTROL_PREFIX + name, endpoint), { ...options, agent: false });
    sent.on('timeout', () =>
      sent.destroy(new Error(`no answer from ${endpoint} within ${options.timeout} ms`)),
    );
    sent.on('error', reject);
    sent.on('response', resolve);
    if (body !== undefined) sent.setHeader('Content-Type', 'application/json');
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function readAnswer(answer: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const status = answer.statusCode ?? 0;
  if (status === 200) return JSON.parse(text);
  throw new ControlError(status, messageOf(text) ?? `status ${status}`);
}

function messageOf(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

function isHealth(answer: unknown): answer is CloudHealth {
  return (
    typeof answer === 'object' && answer !== null && 'service' in answer && answer.service === 'wildrydes'
  );
}

function isNobody(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}
