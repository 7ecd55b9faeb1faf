import { byName, readingsSince } from '../../check/readings.ts';
import { activeStream } from '../../check/streams.ts';
import { notYet, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

/** Milliseconds: what is older than this is of an earlier day. */
const RECENT = 12 * 3_600_000;

/** Readings that show a sensor at work, and no single record put by hand. */
const ENOUGH = 10;

/** Rocinante's sensor has sent a while. */
export async function checkProducer(at: Workbench): Promise<Passed> {
  const stream = at.names.readings;
  await activeStream(at, stream);
  const looked = `the stream ${stream}, the last twelve hours`;
  const { valid, invalid } = await readingsSince(at, stream, at.clock.now() - RECENT);
  const expected = `at least ${ENOUGH} readings of Rocinante`;
  const names = byName(valid);
  const own = names.get('Rocinante') ?? [];
  if (own.length >= ENOUGH) return passed(looked, `${own.length} readings of Rocinante`);
  const namesake = [...names.keys()].find(
    (name) => name.toLowerCase() === 'rocinante' && name !== 'Rocinante',
  );
  if (namesake !== undefined) {
    throw wrong({
      looked,
      found: `readings of ${namesake}: names are told apart by every letter`,
      expected,
      next: './producer --name Rocinante',
    });
  }
  const unusual = invalid[0];
  if (own.length === 0 && valid.length === 0 && unusual !== undefined) {
    throw wrong({
      looked,
      found: `${invalid.length} records, of which none is a reading: ${unusual.reason}`,
      expected,
      next: './producer --name Rocinante',
    });
  }
  throw notYet({
    looked,
    found: own.length > 0 ? `${own.length} readings of Rocinante` : othersIn(names),
    expected,
    next: own.length > 0 ? 'Let the producer go on for some seconds.' : './producer --name Rocinante',
  });
}

/** Two more have sent, each with its own partition key. */
export async function checkHerd(at: Workbench): Promise<Passed> {
  const stream = at.names.readings;
  await activeStream(at, stream);
  const looked = `the stream ${stream}, the last twelve hours`;
  const { valid } = await readingsSince(at, stream, at.clock.now() - RECENT);
  const names = byName(valid);
  const misplaced = valid.find(({ reading, record }) => reading.Name !== record.partitionKey);
  if (misplaced !== undefined) {
    const { reading, record } = misplaced;
    throw wrong({
      looked,
      found: `a reading of ${reading.Name} has the partition key ${record.partitionKey}`,
      expected:
        'the partition key is the name, so that the readings of one unicorn stay in one shard, in order',
      next: './producer --name Bucephalus --name Shadowfax --duration 20s',
    });
  }
  if (names.size >= 3) return passed(looked, `readings of ${[...names.keys()].slice(0, 5).join(', ')}`);
  throw notYet({
    looked,
    found: othersIn(names),
    expected: 'readings of three unicorns',
    next: './producer --name Bucephalus --name Shadowfax --duration 20s',
  });
}

function othersIn(names: ReadonlyMap<string, unknown>): string {
  return names.size === 0 ? 'no readings' : `readings of ${[...names.keys()].slice(0, 5).join(', ')} only`;
}
