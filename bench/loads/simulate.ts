import { performance } from 'node:perf_hooks';
import { faker } from '@faker-js/faker';
import { Fleet } from '../../simulator/fleet.ts';
import { fleetNames } from '../../simulator/names.ts';
import { acceleratedPacer } from '../../simulator/pacing.ts';
import { simulate } from '../../simulator/simulate.ts';
import { answerTasks } from '../harness/tasks.ts';
import type { Done } from './prepared.ts';

export interface Ride {
  readonly unicorns: number;
  /** Readings of each. */
  readonly count: number;
  /** Whether each reading is made into bytes as well, as for a stream. */
  readonly bytes: boolean;
}

const START = Date.UTC(2026, 4, 1, 9);

/** The simulator as the producer runs it, into a sink that counts. */
async function ride({ unicorns, count, bytes }: Ride): Promise<Done> {
  const names = fleetNames(unicorns);
  const started = performance.now();
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
        length += bytes ? Buffer.from(data as string).length : data.length;
      },
      flush: async () => {},
      close: async () => {},
    },
    count,
    signal: new AbortController().signal,
  });
  await done;
  if (length < 100 * records) throw new Error('the readings are too short to be any');
  return { records, milliseconds: performance.now() - started };
}

/** A template of the kind that browser data generators fill in, with faker as their engine: the same attributes, and no ride. */
const TEMPLATE =
  '{"Name":"{{helpers.arrayElement(["Shadowfax","Rocinante","Bucephalus","Pegasus"])}}",' +
  '"StatusTime":"{{date.recent}}",' +
  '"Latitude":{{location.latitude}},"Longitude":{{location.longitude}},' +
  '"Distance":{{number.float({"min":29,"max":31,"fractionDigits":6})}},' +
  '"MagicPoints":{{number.int({"min":100,"max":200})}},"HealthPoints":{{number.int({"min":100,"max":200})}}}\n';

function fillTemplate({ count }: { readonly count: number }): Done {
  faker.seed(7);
  const started = performance.now();
  let length = 0;
  for (let i = 0; i < count; i++) length += faker.helpers.fake(TEMPLATE).length;
  if (length < 100 * count) throw new Error('the records are too short to be any');
  return { records: count, milliseconds: performance.now() - started };
}

answerTasks({ ride, fillTemplate });
