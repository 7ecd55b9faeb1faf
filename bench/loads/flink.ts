import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { answerTasks } from '../harness/tasks.ts';
import type { Lines, Summaries } from './aggregate.ts';

/** The Flink job over a file, in one slot, in a process that stays: its compiler has seen the job by the second run. */

interface Prepare {
  readonly java: string;
  readonly classPath: string;
}

let flink: ChildProcess | undefined;
let answers: AsyncIterator<string> | undefined;

function prepare({ java, classPath }: Prepare): { readonly pid: number } {
  flink = spawn(
    java,
    ['-Xmx2g', '-XX:+UseSerialGC', '-cp', classPath, 'com.wildrydes.aggregation.local.FileRuns'],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  answers = createInterface({ input: flink.stdout! })[Symbol.asyncIterator]();
  // It ends when its input does, which is when this process does.
  return { pid: flink.pid ?? 0 };
}

async function aggregate({ path }: Lines): Promise<Summaries> {
  flink?.stdin?.write(`${path}\n`);
  const answer = await answers?.next();
  if (answer === undefined || answer.done) throw new Error('the Flink process ended');
  return JSON.parse(answer.value) as Summaries;
}

answerTasks({ prepare, aggregate });
