import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { BOTO3, pythonEnvironment } from '../python.ts';
import type { Client, Outcome } from './scenario.ts';

/**
 * boto3 at its defaults, in a process that takes one call a line.
 *
 * @param env where it finds endpoint, region and credentials
 */
export function boto3Client(env: NodeJS.ProcessEnv): Client {
  const python = join(pythonEnvironment(BOTO3), 'python');
  const child = spawn(python, [join(import.meta.dirname, 'boto3_client.py')], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = linesOf(child);
  return {
    name: 'boto3',
    async call(call, input, { unchecked, events }) {
      const [service, operation] = call.split('.');
      child.stdin.write(`${JSON.stringify({ service, operation, input, unchecked, events })}\n`);
      const { value } = await answers.next();
      if (value === undefined) throw new Error('boto3 has ended');
      const outcome = JSON.parse(value) as Outcome | { failure: string };
      if ('failure' in outcome) throw new Error(`${call}: ${outcome.failure}`);
      return outcome;
    },
    async close() {
      const gone = once(child, 'close');
      child.stdin.end();
      await gone;
    },
  };
}

function linesOf(child: ChildProcessByStdio<Writable, Readable, null>): AsyncIterator<string, undefined> {
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
}
