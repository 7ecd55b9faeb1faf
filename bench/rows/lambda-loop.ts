import { atLeast, contest, median, shown } from '../harness/contest.ts';
import type { Row } from '../harness/row.ts';

const REACH = 50_000;
const BATCH = 1_000;

/** How fast a stream goes through a function. */
export const lambdaLoop: Row = {
  name: 'lambda-loop',
  what: 'a Kinesis stream through an uploaded function that does nothing',
  reach: `at least ${shown(REACH)} records/s at batch size ${shown(BATCH)}`,
  peers: [],
  async run(bench) {
    const { children, quick } = bench;
    const cloud = await children.cloud();
    const load = children.load('lambda');
    const records = quick ? 20_000 : 300_000;
    await load.ask('prepare', { endpoint: cloud.endpoint, records });
    const figures = await contest(
      [
        {
          who: 'ours',
          unit: 'records/s',
          measure: () => load.ask<number>('deliver', { endpoint: cloud.endpoint, records, batch: BATCH }),
        },
      ],
      bench,
    );
    const got = median(figures[0]!.samples);
    return {
      conditions: [
        `${shown(records)} readings of about 160 bytes in one shard, put beforehand; batch size ${shown(BATCH)}`,
        'from the creation of the event-source mapping until its last record is handled; the function runs in a process of its own, warm',
      ],
      figures,
      judgements: [atLeast(REACH, 'records/s', got)],
    };
  },
};
