import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { vi } from 'vitest';
import { systemClock } from '../../../../telemetry/clock.ts';
import { GatewayFixture, sdkConfig } from '../../gateway/fixture.ts';
import type { Bootstraps } from '../sandbox/environments.ts';
import { createLambda, type LambdaService } from '../service.ts';
import { MemoryKinesis, type MemoryStream } from './memory-kinesis.ts';
import { createWorkspace, sequence, type Workspace } from './workspace.ts';

/** For tests of event-source mappings: a Lambda over streams in memory, and the SDK's client at its gateway. */
export interface MappingBench {
  readonly kinesis: MemoryKinesis;
  /** The stream `wildrydes`, of one shard. */
  readonly stream: MemoryStream;
  readonly lambda: LambdaService;
  readonly client: LambdaClient;
  readonly endpoint: string;
  /** Each batch that the functions `f` and `g` were invoked with, their records' data joined: `f: 0 1`. */
  readonly batches: string[];
  readonly log: string[];
  /** What on-failure destinations were told: ARN or bucket, and the message or object. */
  readonly told: [string, string][];
}

export const ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/wildrydes';

/** Waits until a check no longer fails, 20 seconds at most. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 5 });
}

/** Something that a function waits for. */
export interface Gate {
  /** Body of a handler that waits. */
  readonly handler: string;
  open(): void;
}

/** Opens benches, and closes them after each test by `closeAll`. */
export class MappingBenches {
  readonly #workspace: Promise<Workspace> = createWorkspace();
  readonly #fixture = new GatewayFixture();
  #opened = 0;

  /**
   * @param folder of the service; null: in memory
   * @param kinesis of an earlier bench; absent: a new one with the stream
   * @param handler body of both functions, which may use `batch`
   */
  async open({
    folder = null,
    kinesis,
    handler = '',
  }: {
    readonly folder?: string | null;
    readonly kinesis?: MemoryKinesis;
    readonly handler?: string;
  } = {}): Promise<MappingBench> {
    const workspace = await this.#workspace;
    const streams = kinesis ?? new MemoryKinesis();
    const stream = streams.stream(ARN) ?? streams.create('wildrydes');
    const batches: string[] = [];
    const log: string[] = [];
    const told: [string, string][] = [];
    this.#opened++;
    const lambda = createLambda({
      folder,
      kinesis: streams,
      endpoint: () => 'http://127.0.0.1:4566',
      outlets: {
        publish: async (topicArn, message) => void told.push([topicArn, message]),
        putObject: async (bucket, _key, body) => void told.push([bucket, body]),
      },
      clock: systemClock,
      random: sequence(),
      patience: 1_000,
      log: (line) => log.push(line),
      onOutput: ({ functionName, line }) => {
        if (line.startsWith('> ')) batches.push(`${functionName}: ${line.slice(2)}`);
      },
      bootstrap: workspace.bootstrap,
    });
    const gateway = await this.#fixture.open([lambda]);
    for (const functionName of ['f', 'g']) {
      const file = workspace.handler(
        `bench-${functionName}-${this.#opened}`,
        `export const handler = async (event) => {
           const batch = event.Records.map((r) => Buffer.from(r.kinesis.data, 'base64').toString()).join(' ');
           process.stdout.write('> ' + batch + '\\n');
           ${handler}
         };`,
      );
      lambda.register({ functionName, file, timeout: 10, memorySize: 128, environment: {} });
    }
    const client = this.#fixture.client(new LambdaClient(sdkConfig(gateway)));
    return { kinesis: streams, stream, lambda, client, endpoint: gateway.endpoint, batches, log, told };
  }

  /** A gate that is shut. */
  async gate(): Promise<Gate> {
    const file = join(await this.folder(), 'open');
    return {
      handler: `const { existsSync } = await import('node:fs');
        while (!existsSync(${JSON.stringify(file)})) await new Promise((again) => setTimeout(again, 2));`,
      open: () => writeFileSync(file, ''),
    };
  }

  /** A folder of its own, removed at the end. */
  async folder(): Promise<string> {
    return (await this.#workspace).empty();
  }

  /** The built environment.js. */
  async bootstrap(): Promise<Bootstraps> {
    return (await this.#workspace).bootstrap;
  }

  closeAll(): Promise<void> {
    return this.#fixture.closeAll();
  }

  async remove(): Promise<void> {
    (await this.#workspace).remove();
  }
}
