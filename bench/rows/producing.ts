import { type Run, residentBytes, within } from '../harness/children.ts';
import type { Bench } from '../harness/row.ts';

export interface Produced {
  /** From the first reading that is sent to the last summary that is in the table, and the books closed. */
  readonly milliseconds: number;
  /** Bytes that the process had at its peak. */
  readonly peak: number;
}

/**
 * Runs a producer with the whole pipeline in its own process.
 *
 * @throws Error if it does not end well, or its report is not balanced
 */
export async function produceBalanced(
  { children }: Pick<Bench, 'children'>,
  args: readonly string[],
  timeout: number,
): Promise<Produced> {
  const run = children.wildrydes(['producer', '--speed', 'max', '--output', 'plain', ...args]);
  const memory = watchMemory(run);
  try {
    let started = Number.NaN;
    let done = Number.NaN;
    let balanced = false;
    const reading = (async () => {
      for await (const line of run.lines) {
        if (line.startsWith('ready:')) started = performance.now();
        if (line.startsWith('sent ')) done = performance.now();
        if (line.startsWith('balanced  yes')) balanced = true;
      }
      return run.ended;
    })();
    const status = await within(timeout, reading, `producer ${args.join(' ')}`);
    if (status !== 0 || !balanced)
      throw new Error(`the run ended with ${status}, balanced: ${balanced}\n${run.complaints()}`);
    return { milliseconds: done - started, peak: memory.peak };
  } finally {
    memory.stop();
  }
}

/** Follows how much memory a process has, until it is told to stop. */
export function watchMemory({ pid }: Run): { readonly peak: number; stop(): void } {
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid).peak || 0);
  }, 50);
  return {
    get peak() {
      return peak;
    },
    stop: () => clearInterval(watch),
  };
}
