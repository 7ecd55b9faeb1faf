import { within } from '../harness/children.ts';
import { type Contestant, contest, median, named, shown } from '../harness/contest.ts';
import type { Bench, Figure, Judgement, Row } from '../harness/row.ts';
import { produceBalanced, watchMemory } from './producing.ts';

const MOST = 300;
const FLEETS = [25_000, 50_000, 100_000] as const;
/** How much more than its share of time or memory a fleet four times as large may take. */
const TOLERANCE = 1.25;
/** Readings of each unicorn, all within one minute. */
const COUNT = 3;

/** Whether a fleet can be large. */
export const fleetRow: Row = {
  name: 'fleet',
  what: '100,000 unicorns',
  reach: `under ${MOST} MB; time and memory linear in the fleet`,
  peers: [],
  async run(bench) {
    const fleets = bench.quick ? FLEETS.map((fleet) => fleet / 10) : FLEETS;
    const contestants = fleets.flatMap((fleet) => [simulating(bench, fleet), pipeline(bench, fleet)]);
    const figures = await contest(contestants, bench);
    return {
      conditions: [
        `--fleet ${fleets.map(shown).join(', ')}, ${COUNT} readings of each unicorn (10 times as many when only simulating), from 09:00:00 on, so that the pipeline closes one window of each`,
        'simulating: the readings into a file; pipeline: the whole of it, from the first reading sent to the last summary in the table',
        `linear: the largest fleet takes at most ${TOLERANCE} times four times what the smallest one takes`,
      ],
      figures,
      judgements: [...judge(figures, 'simulating', fleets), ...judge(figures, 'pipeline', fleets)],
    };
  },
};

const START = ['--start', '2026-05-01 09:00:00'];

function simulating({ children }: Bench, fleet: number): Contestant {
  return {
    who: timeOf('simulating', fleet),
    unit: 'ms',
    also: [{ who: memoryOf('simulating', fleet), unit: 'MB' }],
    async measure() {
      const started = performance.now();
      const args = `--fleet ${fleet} --count ${COUNT * 10} --speed max --to /dev/null`.split(' ');
      const run = children.wildrydes(['producer', ...args, ...START]);
      const memory = watchMemory(run);
      const status = await within(120_000, run.ended, 'the simulation').finally(memory.stop);
      if (status !== 0) throw new Error(`the run ended with ${status}: ${run.complaints()}`);
      return [performance.now() - started, memory.peak / 1e6];
    },
  };
}

function pipeline(bench: Bench, fleet: number): Contestant {
  return {
    who: timeOf('pipeline', fleet),
    unit: 'ms',
    also: [{ who: memoryOf('pipeline', fleet), unit: 'MB' }],
    async measure() {
      const args = ['--fleet', String(fleet), '--count', String(COUNT), ...START];
      const { milliseconds, peak } = await produceBalanced(bench, args, 300_000);
      return [milliseconds, peak / 1e6];
    },
  };
}

function judge(figures: readonly Figure[], what: string, fleets: readonly number[]): Judgement[] {
  const [smallest, , largest] = fleets as [number, number, number];
  const growth = largest / smallest;
  const of = (name: string) => median(named(figures, name).samples);
  const memory = of(memoryOf(what, largest));
  const time = of(timeOf(what, largest)) / of(timeOf(what, smallest));
  const more = memory / of(memoryOf(what, smallest));
  return [
    { reach: `${what}: under ${MOST} MB`, got: `${shown(memory)} MB`, met: memory < MOST },
    {
      reach: `${what}: time linear`,
      got: `${shown(time)} times for ${growth} times the fleet`,
      met: time <= growth * TOLERANCE,
    },
    {
      reach: `${what}: memory linear`,
      got: `${shown(more)} times for ${growth} times the fleet`,
      met: more <= growth * TOLERANCE,
    },
  ];
}

function timeOf(what: string, fleet: number): string {
  return `${what}, ${shown(fleet)} unicorns`;
}

function memoryOf(what: string, fleet: number): string {
  return `${timeOf(what, fleet)}, memory at its peak`;
}
