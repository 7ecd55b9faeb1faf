import { quote } from '../../../telemetry/excerpt.ts';
import type { Summary } from '../../../telemetry/summary.ts';
import { notYet, type Passed, passed } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { defect, type Handling, handle, mistakeIn } from './handling.ts';
import { byKey, difference, type Item, keyOf, type Probe, recordOf, withProbe } from './probe.ts';
import { type Processor, processorSetUp } from './set-up.ts';

/** More than two requests take. */
const MANY = 60;

/** What happened elsewhere to names, distances and points. */
function summariesOf(probe: Probe): Summary[] {
  return [
    ...Array.from({ length: MANY }, (_, minute) => probe.summary(minute)),
    probe.summary(0, { Name: '🦄 José Ñandú' }),
    probe.summary(0, { Name: 'Distant', Distance: 8_999_999_999.999998 }),
    probe.summary(1, { Name: 'Distant', Distance: 0.000001 }),
    probe.summary(2, { Name: 'Distant', Distance: 0 }),
    probe.summary(0, { Name: 'Drained', MinMagicPoints: -3, MaxMagicPoints: 0 }),
  ];
}

/** The function writes what it is given. */
export async function checkFunction(at: Workbench): Promise<Passed> {
  const processor = await processorSetUp(at);
  return withProbe(at, async (probe) => {
    const summaries = summariesOf(probe);
    const handling = await handle(at, processor, summaries.map(recordOf));
    const looked = `what ${processor.name} made of ${summaries.length} summaries in one batch`;
    const items = await probe.items();
    const stored = byKey(items);
    const missing = summaries.filter((summary) => !stored.has(keyOf(summary)));
    const first = missing[0];
    if (first !== undefined) {
      const stranger = strangersAmong(items, summaries)[0];
      if (stranger !== undefined) throw misplaced(processor, looked, first, stranger, summaries);
      throw lacking(processor, looked, handling, missing, summaries.length);
    }
    for (const summary of summaries) {
      const found = difference(summary, stored.get(keyOf(summary))!);
      if (found === undefined) continue;
      throw defect(processor, {
        looked,
        found: `of the item of ${quote(summary.Name)}, ${summary.StatusTime}: ${found}`,
        expected: 'each attribute as it is in the summary, numbers as numbers',
      });
    }
    if (handling.error !== undefined || handling.failed.length > 0) {
      throw defect(processor, {
        looked,
        found: `all of them are in the table, but ${mistakeIn(handling)}`,
        expected: 'no record is reported as failed: it would come again for ever',
      });
    }
    const stranger = strangersAmong(items, summaries)[0];
    if (stranger !== undefined) throw misplaced(processor, looked, summaries[0]!, stranger, summaries);
    return passed(looked, `${items.length} items, each as it should be`);
  });
}

/** Items that are of none of the summaries. */
function strangersAmong(items: readonly Item[], summaries: readonly Summary[]): Item[] {
  const keys = new Set(summaries.map(keyOf));
  return [...byKey(items)].filter(([key]) => !keys.has(key)).map(([, item]) => item);
}

/** Some are not in the table, and nothing else is. */
function lacking(
  processor: Processor,
  looked: string,
  handling: Handling,
  missing: readonly Summary[],
  all: number,
) {
  const silent = handling.error === undefined && handling.failed.length === 0;
  if (silent && missing.length === all) {
    return notYet({
      looked,
      found: 'it answered that all is well, and none of them is in the table',
      expected: 'an item of each in the table by the time it answers: what it writes is awaited',
      next: `Write it in ${processor.source}; ./wildrydes workshop hint 4.function`,
    });
  }
  const found = silent ? 'it answered that all is well' : mistakeIn(handling);
  const special = missing.every(({ Name }) => /[^ -~]/.test(Name));
  return defect(processor, {
    looked,
    found: `${found}; ${missing.length} of them are not in the table, such as ${quote(missing[0]?.Name ?? '')}`,
    expected: special
      ? 'an item of each in the table, whatever the name: the data of a record is UTF-8'
      : 'an item of each in the table',
  });
}

/** An item has a key that it should not have. */
function misplaced(
  processor: Processor,
  looked: string,
  missing: Summary,
  { Name, StatusTime }: Item,
  summaries: readonly Summary[],
) {
  const known = summaries.some((summary) => summary.Name === Name?.S);
  return known
    ? defect(processor, {
        looked,
        found: `an item has the StatusTime ${quote(StatusTime?.S ?? '')}, and none has ${missing.StatusTime}`,
        expected: 'StatusTime as it is in the summary: not when it arrived, and in no other time zone',
      })
    : defect(processor, {
        looked,
        found: `an item has the Name ${quote(Name?.S ?? '')}, and none has ${quote(missing.Name)}`,
        expected: 'names as they are: the data of a record is UTF-8',
      });
}
