import { formatStatusTime } from '../../../telemetry/status-time.ts';
import { WINDOW } from '../../../telemetry/topology.ts';
import { notYet, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { checkRunning } from './application.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import { type Minute, minuteText } from './minutes.ts';

const UNICORN = 'Rocinante';

/** Readings of a minute that was not cut off by the start or the end of a ride: some may be lost to faults. */
const WHOLE = 55;

/**
 * Milliseconds after its end within which the summary of a minute comes, checkpoints of a minute and all:
 * aggregation/README.md, "Two engines".
 */
const PATIENCE = 180_000;

/** A whole minute of Rocinante has a summary, and it says what the readings do. */
export async function checkSummaries(at: Workbench): Promise<Passed> {
  const evidence = await evidenceOf(at);
  const looked = `the summaries of ${UNICORN} in ${at.names.summaries}, and its readings in ${at.names.readings}`;
  const own = evidence.agreements.filter(({ minute }) => minute.name === UNICORN);
  const whole = own.findLast(({ minute }) => minute.counted.length >= WHOLE);
  if (whole !== undefined) {
    const { Distance, MinMagicPoints, MaxMagicPoints, Readings } = whole.summary;
    return passed(
      looked,
      `${minuteText(whole.minute)}: both say ${Readings} readings, ${Distance} m, magic points from ${MinMagicPoints} to ${MaxMagicPoints}`,
    );
  }
  const expected = `a summary of a whole minute of ${UNICORN} that agrees with the readings`;
  const { found, next } = await reasonFor(at, evidence, own.length);
  throw notYet({ looked, found, expected, next });
}

async function reasonFor(
  at: Workbench,
  evidence: Evidence,
  parts: number,
): Promise<{ readonly found: string; readonly next: string }> {
  const producer = `./producer --name ${UNICORN} --stream ${at.names.readings}`;
  const minutes = [...evidence.all.values()].filter(({ name }) => name === UNICORN);
  const now = at.clock.now();
  const latest = Math.max(
    0,
    ...minutes.flatMap(({ counted }) => counted.map(({ record }) => record.arrival)),
  );
  if (minutes.length === 0) return { found: `no readings of ${UNICORN}`, next: producer };
  // An application that does not run says so better than the absence of summaries.
  await checkRunning(at);
  const overdue = overdueOf(evidence, minutes, now);
  if (overdue !== undefined) {
    throw wrong({
      looked: `the summaries in ${at.names.summaries}`,
      found: `none of ${minuteText(overdue)}, which closed more than ${PATIENCE / 60_000} minutes ago, though the application is RUNNING`,
      expected: 'the summary of a minute soon after it has closed',
      next: `./wildrydes workshop check 3.application, then ./wildrydes aggregation logs --application ${at.names.application}`,
    });
  }
  if (now - latest > WINDOW.size) {
    return { found: `no readings of ${UNICORN} for ${Math.round((now - latest) / 1_000)} s`, next: producer };
  }
  const closes = now - (now % WINDOW.size) + WINDOW.size + WINDOW.lateness;
  return {
    found: parts === 0 ? 'no summary so far' : 'summaries of parts of a minute only',
    next: `Let the producer go on: the minute that runs closes at ${formatStatusTime(closes).slice(11, 19)} UTC, it is ${formatStatusTime(now).slice(11, 19)} now.`,
  };
}

/** A minute that must have had its summary long since. */
function overdueOf(
  { watermark, summarised, all }: Evidence,
  minutes: readonly Minute[],
  now: number,
): Minute | undefined {
  const keys = new Map([...all].map(([key, minute]) => [minute, key]));
  return minutes.find((minute) => {
    const end = minute.start + WINDOW.size;
    const arrivals = minute.counted.map(({ record }) => record.arrival);
    if (minute.unclear || arrivals.length === 0 || summarised.has(keys.get(minute) ?? '')) return false;
    return end <= (watermark ?? 0) && now - Math.max(...arrivals) > PATIENCE + WINDOW.size;
  });
}
