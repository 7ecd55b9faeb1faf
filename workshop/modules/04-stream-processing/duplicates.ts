import { type Passed, passed } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { defect, handle, mistakeIn } from './handling.ts';
import { byKey, difference, keyOf, recordOf, withProbe } from './probe.ts';
import { processorSetUp } from './set-up.ts';

/** One minute twice in a batch, and the batch twice. */
export async function checkDuplicates(at: Workbench): Promise<Passed> {
  const processor = await processorSetUp(at);
  return withProbe(at, async (probe) => {
    const others = Array.from({ length: 30 }, (_, minute) => probe.summary(minute));
    const near = [probe.summary(100, { Distance: 1 }), probe.summary(100, { Distance: 2.5 })];
    // Further apart than the items of one request.
    const far = [probe.summary(101, { Distance: 3 }), probe.summary(101, { Distance: 4.5 })];
    const batch = [far[0]!, ...near, ...others, far[1]!];
    const wanted = [near[1]!, far[1]!, ...others];
    for (const time of ['', ', the second time']) {
      const looked = `what ${processor.name} made of a batch in which two minutes come twice${time}`;
      const handling = await handle(at, processor, batch.map(recordOf));
      if (handling.error !== undefined || handling.failed.length > 0) {
        throw defect(processor, {
          looked,
          found: mistakeIn(handling),
          expected: 'of two summaries with the same Name and StatusTime it writes the later one',
        });
      }
      const items = await probe.items();
      const stored = byKey(items);
      for (const summary of wanted) {
        const item = stored.get(keyOf(summary));
        const found = item === undefined ? 'it is not in the table' : difference(summary, item);
        if (found === undefined) continue;
        throw defect(processor, {
          looked,
          found: `of the minute ${summary.StatusTime}${others.includes(summary) ? '' : ', which comes twice'}: ${found}`,
          expected: 'the later one of two counts',
        });
      }
      if (items.length > wanted.length) {
        throw defect(processor, {
          looked,
          found: `${items.length} items of ${wanted.length} minutes`,
          expected: 'one item for each: the same event again gives the same items',
        });
      }
    }
    return passed(
      `what ${processor.name} made of two minutes that came twice`,
      'the later one of each, also the second time',
    );
  });
}
