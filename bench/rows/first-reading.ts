import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, within } from '../harness/children.ts';
import { contest, median, named, shown } from '../harness/contest.ts';
import type { Bench, Row } from '../harness/row.ts';

const REACH = 1_500;

/** What a person waits for after pressing Enter. */
export const firstReading: Row = {
  name: 'first-reading',
  what: 'Enter to first acknowledged reading, installed',
  reach: `under ${shown(REACH)} ms`,
  peers: [],
  async run(bench) {
    // The launcher may find that something is to be built or installed.
    await bench.children.run(join(bench.children.root, 'wildrydes'), ['--version']).ended;
    const kept = mkdtempSync(join(bench.folder, 'kept-'));
    const running = await bench.children.cloud({ empty: false });
    await first(bench, ['--data', kept, '--port', String(await freePort())]);
    const figures = await contest(
      [
        {
          who: 'with a new state folder',
          unit: 'ms',
          measure: async () =>
            first(bench, [
              '--data',
              mkdtempSync(join(bench.folder, 'new-')),
              '--port',
              String(await freePort()),
            ]),
        },
        {
          who: 'with the state of an earlier run',
          unit: 'ms',
          measure: async () => first(bench, ['--data', kept, '--port', String(await freePort())]),
        },
        {
          who: 'joining a cloud that runs',
          unit: 'ms',
          measure: () => first(bench, ['--port', new URL(running.endpoint).port]),
        },
      ],
      bench,
    );
    return {
      conditions: [
        './producer --name Rocinante, from the start of the launcher to the line that tells of the first reading',
      ],
      figures,
      judgements: figures.map(({ who }) => {
        const time = median(named(figures, who).samples);
        return { reach: `${who}: under ${shown(REACH)} ms`, got: `${shown(time)} ms`, met: time < REACH };
      }),
    };
  },
};

/** Milliseconds until a run has its first reading acknowledged; then it is told to end, and has ended. */
async function first({ children }: Bench, args: readonly string[]): Promise<number> {
  const started = performance.now();
  const run = children.run(join(children.root, 'producer'), [
    '--name',
    'Rocinante',
    '--output',
    'json',
    ...args,
  ]);
  const acknowledged = (async () => {
    for await (const line of run.lines) {
      if (line.startsWith('{"event":"reading"')) return performance.now() - started;
    }
    throw new Error(`no reading was acknowledged: ${run.complaints()}`);
  })();
  const took = await within(30_000, acknowledged, 'the first reading');
  run.interrupt();
  await within(30_000, run.ended, 'the end of the run');
  return took;
}
