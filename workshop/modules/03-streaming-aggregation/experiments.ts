import { WINDOW } from '../../../telemetry/topology.ts';
import { notYet, type Passed, passed } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { checkRunning } from './application.ts';
import { evidenceOf } from './evidence.ts';
import { type Minute, minuteText, missed } from './minutes.ts';

/**
 * A ride with all three faults. The seed is one with which every fault shows, at whatever second of a minute the ride
 * begins: the test beside this rides it from each of the 60.
 */
export const FAULTY_RIDE = {
  name: 'Bucephalus',
  seed: 12,
  faults: 'late=0.3,duplicate=0.2,malformed=0.1',
  seconds: 75,
} as const;

/** The command of it. */
export function faultyRide(stream: string): string {
  const { name, seed, faults, seconds } = FAULTY_RIDE;
  return `./producer --name ${name} --stream ${stream} --seed ${seed} --fault ${faults} --duration ${seconds}s`;
}

/** A reading came twice, and counts once. */
export function checkDuplicates(at: Workbench): Promise<Passed> {
  return checkMinute(at, {
    expected: 'a minute in which readings came twice, and a summary that counts each of them once',
    none: 'no reading has come twice',
    has: ({ repeated }) => repeated.length > 0,
    tell: ({ counted, repeated }) =>
      `${counted.length + repeated.length} readings came, ${repeated.length} of them with an instant that was there already, and the summary counts ${counted.length}`,
  });
}

/** A reading came after its minute had closed, and is in no summary. */
export function checkLate(at: Workbench): Promise<Passed> {
  return checkMinute(at, {
    expected:
      'a closed minute of which the stream holds more than the summary, since some of it came too late',
    none: 'no reading has come too late for its minute',
    has: (minute) => minute.counted.length > 0 && missed(minute).length > 0,
    tell: (minute) => {
      const late = [...minute.late].sort((a, b) => b.by - a.by);
      const { placed, by = 0 } = late[0] ?? {};
      return (
        `the stream holds ${minute.counted.length + missed(minute).length} readings, and the summary counts ${minute.counted.length}: ` +
        `${missed(minute).length} came too late. The one of ${placed?.reading.StatusTime.slice(11)} came when the watermark was ${(by / 1_000).toFixed(1)} s past the end of the minute`
      );
    },
  });
}

interface Experiment {
  readonly expected: string;
  /** What is said where the stream does not hold what it is about. */
  readonly none: string;
  readonly has: (minute: Minute) => boolean;
  readonly tell: (minute: Minute) => string;
}

async function checkMinute(at: Workbench, { expected, none, has, tell }: Experiment): Promise<Passed> {
  const { all, agreements, watermark = 0 } = await evidenceOf(at);
  const looked = `the readings in ${at.names.readings}, and the summaries in ${at.names.summaries}`;
  const shown = agreements.findLast(({ minute }) => has(minute));
  if (shown !== undefined) return passed(looked, `${minuteText(shown.minute)}: ${tell(shown.minute)}`);
  const waiting = [...all.values()].findLast((minute) => has(minute) && !minute.unclear);
  if (waiting === undefined)
    throw notYet({ looked, found: none, expected, next: faultyRide(at.names.readings) });
  await checkRunning(at);
  const closed = waiting.start + WINDOW.size <= watermark;
  throw notYet({
    looked,
    found: `${minuteText(waiting)} is such a minute, ${closed ? 'and has no summary so far' : 'and has not closed yet'}`,
    expected,
    next: closed
      ? 'Wait until the summary is written, and check again.'
      : 'Let Rocinante go on: the minute closes when a reading has come that is 5 s past its end.',
  });
}
