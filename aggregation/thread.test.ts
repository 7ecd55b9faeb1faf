import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildThread } from './fixture.ts';
import { AggregationThread, type ThreadOptions } from './thread.ts';

const file = await buildThread();

function thread(run: string = file) {
  const broken: unknown[] = [];
  const aggregation = new AggregationThread(run, { log: () => {}, broken: (error) => broken.push(error) });
  onTestFinished(() => aggregation.stop().catch(() => {}));
  return { aggregation, broken };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'aggregation-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function at(checkpoint: string): ThreadOptions {
  return {
    // Nobody is asked there before the checkpoint is read.
    config: { endpoint: 'http://127.0.0.1:9', region: 'us-east-1' },
    streams: { readings: 'readings', summaries: 'summaries', quarantine: 'quarantine' },
    checkpoint,
  };
}

test('an expected error comes over whole: its code, what it says, and what to do', async () => {
  const checkpoint = join(folder(), 'checkpoint');
  writeFileSync(checkpoint, 'no checkpoint');
  const { aggregation, broken } = thread();
  await expect(aggregation.start(at(checkpoint))).rejects.toMatchObject({
    name: 'WildRydesError',
    code: 'STATE_CORRUPT',
    message: expect.stringContaining(checkpoint),
    next: expect.stringContaining('wildrydes reset'),
  });
  await expect(aggregation.progress()).rejects.toThrow('the aggregation has not started');
  await aggregation.stop();
  await expect(aggregation.progress()).rejects.toThrow('the aggregation has ended');
  expect(broken).toEqual([]);
});

test.each([
  ['throws', "throw new Error('from within')", 'from within'],
  ['leaves', 'process.exit(0)', 'nobody stopped it'],
])('a thread that %s is told of, and nobody waits for its answer', async (_, ends, message) => {
  const script = join(folder(), 'broken.mjs');
  writeFileSync(
    script,
    `import { parentPort } from 'node:worker_threads';
     parentPort.once('message', () => { ${ends} });`,
  );
  const { aggregation, broken } = thread(script);
  await expect(aggregation.progress()).rejects.toThrow(message);
  expect(broken).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })]);
  await expect(aggregation.closeWindows()).rejects.toThrow('the aggregation has ended');
});
