import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../telemetry/clock.ts';
import { createKinesis, type KinesisOptions, type KinesisService } from './service.ts';

/** For this room's tests: a Kinesis in a folder of its own with a clock that is set by hand. */
export interface Bench {
  readonly kinesis: KinesisService;
  readonly folder: string;
  readonly clock: HandClock;
  readonly logged: string[];
  /** Calls an operation. The body is sent as it is when it is text. */
  call(operation: string, body: unknown): Reply;
  /** As `call`, for an operation that must succeed. */
  ok(operation: string, body: unknown): Reply['body'];
  /** Closes and opens it again, as another process would find it. */
  reopen(): Promise<void>;
}

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by their AWS names
  readonly body: any;
  readonly headers: Readonly<Record<string, string>>;
}

export interface HandClock extends Clock {
  time: number;
  elapsed: number;
}

export const START = Date.UTC(2026, 4, 1, 12);

export async function bench(options: Partial<KinesisOptions> = {}): Promise<Bench> {
  const folder = temporaryFolder();
  const logged: string[] = [];
  const clock = handClock();
  const open = () => createKinesis({ folder, clock, log: (line) => logged.push(line), ...options });
  let kinesis = await open();
  onTestFinished(() => kinesis.close());
  const call = (operation: string, body: unknown): Reply => {
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    const reply = kinesis.handle({
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: Buffer.from(sent),
      operation,
      region: 'eu-west-1',
    });
    if (reply instanceof Promise) throw new Error('Kinesis answers at once');
    const text = String(reply.body);
    return { status: reply.status, headers: reply.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    get kinesis() {
      return kinesis;
    },
    folder,
    clock,
    logged,
    call,
    ok(operation, body) {
      const reply = call(operation, body);
      if (reply.status !== 200) throw new Error(`${operation}: ${JSON.stringify(reply.body)}`);
      return reply.body;
    },
    async reopen() {
      await kinesis.close();
      kinesis = await open();
    },
  };
}

export function handClock(): HandClock {
  return {
    time: START,
    elapsed: 0,
    now() {
      return this.time;
    },
    monotonic() {
      return this.elapsed;
    },
  };
}

/** A folder that is removed when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wildrydes-kinesis-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** The data of records in an answer, as text. */
export function texts(records: readonly { readonly Data: string }[]): string[] {
  return records.map(({ Data }) => Buffer.from(Data, 'base64').toString());
}
