import { type Contestant, contest, named, ratio, shown } from '../harness/contest.ts';
import { type Done, rate } from '../harness/keep-busy.ts';
import type { Row } from '../harness/row.ts';
import { times } from './kinesis.ts';

const REACH = 0.9;

/** Items that the trigger hands over at a time, and as many as keep requests under way without a break. */
const BATCH = { ofTrigger: 100, large: 1_000 } as const;

/** What it costs to write with duplicates, unprocessed items, refusals and a deadline in mind. */
export const tableWriter: Row = {
  name: 'table-writer',
  what: 'summaries into the local table, by what the functions write with',
  reach: `at least ${shown(REACH * 100)}% of a bare BatchWriteItem loop`,
  peers: [],
  async run(bench) {
    const { children, quick } = bench;
    const { endpoint } = await children.cloud();
    const load = children.load('table');
    const contestant = (who: string, task: string, batch: number): Contestant => ({
      who,
      unit: 'items/s',
      async measure() {
        const { warmUp, milliseconds } = times(quick);
        return rate(await load.ask<Done>(task, { endpoint, tableName: task, batch, warmUp, milliseconds }));
      },
    });
    for (const tableName of ['writer', 'bareLoops', 'bareBatches']) {
      await load.ask('createTable', { endpoint, tableName });
    }
    const figures = await contest(
      [
        contestant('ours', 'writer', BATCH.large),
        contestant('bare loop', 'bareLoops', BATCH.large),
        contestant('ours, as the trigger hands over', 'writer', BATCH.ofTrigger),
        contestant('bare loop, as the trigger hands over', 'bareBatches', BATCH.ofTrigger),
      ],
      bench,
    );
    const share = ratio(named(figures, 'ours'), named(figures, 'bare loop'));
    const [triggered, bareTriggered] = ['ours', 'bare loop'].map((who) =>
      named(figures, `${who}, as the trigger hands over`),
    );
    const triggeredShare = ratio(triggered!, bareTriggered!);
    return {
      conditions: [
        `20,000 different items of 8 attributes, written over and over, in requests of 25, 4 at once`,
        `ours is given ${shown(BATCH.large)} items at a time, and the bare loop goes on without a break; the trigger hands over ${BATCH.ofTrigger}, and the next ones only when these are written`,
        'ours with a document client, from objects; the bare loop with the plain client, from attributes that are ready',
        'the same table engine for all, in a cloud in a process of its own',
      ],
      figures,
      judgements: [
        {
          reach: `${shown(REACH * 100)}% of a bare loop`,
          got: `${shown(share * 100)}%`,
          met: share >= REACH,
        },
        {
          reach: `${shown(REACH * 100)}% of one as the trigger hands over`,
          got: `${shown(triggeredShare * 100)}%`,
          met: triggeredShare >= REACH,
          extra: true,
        },
      ],
    };
  },
};
