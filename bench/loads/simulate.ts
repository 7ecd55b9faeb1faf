import { faker } from '@faker-js/faker';
import { Fleet } from '../../simulator/fleet.ts';
import { fleetNames } from '../../simulator/names.ts';
import { acceleratedPacer } from '../../simulator/pacing.ts';
import { simulate } from '../../simulator/simulate.ts';
import { stopwatch, type Took } from '../harness/stopwatch.ts';
import { answerTasks } from '../harness/tasks.ts';

export interface Ride {
  readonly unicorns: number;
  /** Readings of each. */
  readonly count: number;
}

export interface Made extends Took {
  readonly readings: number;
}

const START = Date.UTC(2026, 4, 1, 9);

/** The simulator as the producer runs it, into a sink that counts. */
async function ride({ unicorns, count }: Ride): Promise<Made> {
  const names = fleetNames(unicorns);
  const took = stopwatch();
  let records = 0;
  let length = 0;
  const { done } = simulate({
    fleet: new Fleet({ names, seed: '7', start: START, scenario: 'classic' }),
    faults: undefined,
    pacer: acceleratedPacer({
      start: START,
      speed: Number.POSITIVE_INFINITY,
      monotonic: () => performance.now(),
    }),
    sink: {
      put({ data }) {
        records++;
        length += data.length;
      },
      flush: async () => {},
      close: async () => {},
    },
    count,
    signal: new AbortController().signal,
  });
  await done;
  if (length < 100 * records) throw new Error('the readings are too short to be any');
  return { readings: records, ...took() };
}

/** A template of the kind that browser data generators fill in, with faker as their engine: the same attributes, and no ride. */
const TEMPLATE =
  '{"Name":"{{helpers.arrayElement(["Shadowfax","Rocinante","Bucephalus","Pegasus"])}}",' +
  '"StatusTime":"{{date.recent}}",' +
  '"Latitude":{{location.latitude}},"Longitude":{{location.longitude}},' +
  '"Distance":{{number.float({"min":29,"max":31,"fractionDigits":6})}},' +
  '"MagicPoints":{{number.int({"min":100,"max":200})}},"HealthPoints":{{number.int({"min":100,"max":200})}}}\n';

function fillTemplate({ count }: { readonly count: number }): Made {
  faker.seed(7);
  const took = stopwatch();
  let length = 0;
  for (let i = 0; i < count; i++) length += faker.helpers.fake(TEMPLATE).length;
  if (length < 100 * count) throw new Error('the records are too short to be any');
  return { readings: count, ...took() };
}

answerTasks({ ride, fillTemplate });
