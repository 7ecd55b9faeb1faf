import { readFileSync } from 'node:fs';
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { systemClock } from '../../../../telemetry/clock.ts';
import { GatewayFixture, sdkConfig } from '../../gateway/fixture.ts';
import type { LogLine } from '../definitions.ts';
import { createLambda, type LambdaOptions, type LambdaService } from '../service.ts';
import { MemoryKinesis } from './memory-kinesis.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/lambda-cli-role';

/** A Lambda behind a gateway, and an SDK client of it. */
export interface OpenLambda {
  readonly lambda: LambdaService;
  readonly client: LambdaClient;
  readonly endpoint: string;
  /** What functions' logs got. */
  readonly lines: LogLine[];
  /** What the host itself said. */
  readonly log: string[];
}

/** For tests of functions: `prepare` once in a file, `closeAll` after each test, `remove` at the end. */
export class FunctionsFixture extends GatewayFixture {
  #workspace: Workspace | undefined;

  async prepare(): Promise<void> {
    this.#workspace = await createWorkspace();
  }

  get workspace(): Workspace {
    if (this.#workspace === undefined) throw new Error('prepare() comes first');
    return this.#workspace;
  }

  async openLambda(options: Partial<LambdaOptions> = {}): Promise<OpenLambda> {
    const lines: LogLine[] = [];
    const log: string[] = [];
    const lambda = createLambda({
      folder: null,
      kinesis: new MemoryKinesis(),
      endpoint: () => gateway.endpoint,
      clock: systemClock,
      random: Math.random,
      log: (line) => log.push(line),
      onOutput: (line) => lines.push(line),
      bootstrap: this.workspace.bootstrap,
      ...options,
    });
    const gateway = await this.open([lambda]);
    lambda.resume();
    const client = this.client(new LambdaClient(sdkConfig(gateway)));
    return { lambda, client, endpoint: gateway.endpoint, lines, log };
  }

  remove(): void {
    this.#workspace?.remove();
  }
}

/** An archive of files by their paths. */
export function zip(files: Readonly<Record<string, string>>): Uint8Array {
  return zipSync(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])) as Zippable,
  );
}

/** Creates the function `f` of one CommonJS file, `index.js`, or of several. */
export async function create(
  client: LambdaClient,
  code: string | Readonly<Record<string, string>>,
  settings: Partial<CreateFunctionCommandInput> = {},
): Promise<void> {
  await client.send(
    new CreateFunctionCommand({
      FunctionName: 'f',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: ROLE,
      Code: { ZipFile: zip(typeof code === 'string' ? { 'index.js': code } : code) },
      Timeout: 20,
      ...settings,
    }),
  );
}

export interface Invoked {
  /** Of an answer that says the function failed. */
  readonly failed: string | undefined;
  /** As parsed. */
  readonly payload: unknown;
  readonly version: string | undefined;
  readonly requestId: string | undefined;
  readonly status: number | undefined;
  /** With LogType Tail. */
  readonly log: string;
}

/** Invokes `f`, or another, with an event. */
export async function invoke(
  client: LambdaClient,
  event: unknown = {},
  settings: Partial<InvokeCommandInput> = {},
): Promise<Invoked> {
  const answer = await client.send(
    new InvokeCommand({ FunctionName: 'f', Payload: JSON.stringify(event), ...settings }),
  );
  const text = answer.Payload?.transformToString() ?? '';
  return {
    failed: answer.FunctionError,
    payload: text === '' ? undefined : (JSON.parse(text) as unknown),
    version: answer.ExecutedVersion,
    requestId: answer.$metadata.requestId,
    status: answer.StatusCode,
    log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
  };
}

/** Whether a process runs. One that ended, and that nobody asked for its status, does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}
