import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { FLINK_JAVA } from '../../../infra/flink/job.ts';
import { findJava } from '../../../infra/java/java.ts';
import { builtFlink } from './build.ts';

/** Bytes go as base64, texts as base64 of UTF-16LE, which takes lone surrogates too. */
type Argument = Uint8Array | string | number | bigint;

/** The Flink job's own rules for records, in a JVM that is asked a line at a time. */
export interface RecordCheck {
  /** See RecordCheck.java for what there is to ask. */
  ask(what: string, ...given: readonly Argument[]): Promise<string>;
  close(): Promise<void>;
}

/** @throws WildRydesError NOT_FOUND without Java or Maven; UNREACHABLE when the job cannot be built */
export async function startRecordCheck(): Promise<RecordCheck> {
  const [java, classPath] = await Promise.all([findJava(FLINK_JAVA), builtFlink()]);
  const child = spawn(
    java.path,
    ['-Xmx256m', '-XX:+UseSerialGC', '-cp', classPath, 'com.wildrydes.aggregation.rules.RecordCheck'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'close');
  const waiting: { resolve(answer: string): void; reject(error: Error): void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  child.stdin.on('error', () => {}); // it has ended, which its end tells
  void ended.then(() => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`it ended with ${child.exitCode}`));
  });
  return {
    ask: (what, ...given) =>
      new Promise((resolve, reject) => {
        if (child.exitCode !== null) return reject(new Error(`it ended with ${child.exitCode}`));
        waiting.push({ resolve, reject });
        child.stdin.write(`${[what, ...given.map(argument)].join(' ')}\n`);
      }),
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

function argument(given: Argument): string {
  if (typeof given === 'number' || typeof given === 'bigint') return String(given);
  return (typeof given === 'string' ? Buffer.from(given, 'utf16le') : Buffer.from(given)).toString('base64');
}
